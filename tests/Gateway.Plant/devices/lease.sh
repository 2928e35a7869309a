#!/bin/sh
# What udhcpc calls when something about its lease changes: sets the address and the default route, or takes them away.
case "$1" in
    deconfig) ip addr flush dev "$interface" ;;
    bound|renew)
        ip addr replace "$ip/$mask" dev "$interface"
        [ -z "$router" ] || ip route replace default via "$router" ;;
esac
