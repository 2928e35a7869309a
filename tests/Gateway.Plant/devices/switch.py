#!/usr/bin/env python3
"""A managed switch of the plant: access ports, each in a VLAN of its own, and a trunk that bears their tags (IEEE 802.1Q).

usage: switch.py TRUNK PORT:VLAN [PORT:VLAN ...]

Frames from a port leave by the trunk with the port's tag; frames on the trunk leave by the port of their VLAN without it. What has no
port here is dropped. Ports never reach one another, and nothing is learned.
"""
import selectors
import socket
import struct
import sys

ETH_P_ALL = 3
SOL_PACKET, PACKET_AUXDATA, PACKET_IGNORE_OUTGOING = 263, 8, 23
TP_STATUS_VLAN_VALID = 1 << 4
AUXDATA = struct.Struct("IIIHHHH")


def open_port(name):
    port = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    port.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    port.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
    port.bind((name, 0))
    # Every address, as on a switch: PACKET_ADD_MEMBERSHIP (1) of kind PACKET_MR_PROMISC (1).
    port.setsockopt(SOL_PACKET, 1, struct.pack("iHH8s", socket.if_nametoindex(name), 1, 0, b""))
    return port


def receive(port):
    """The frame without its tag, and the VLAN of the tag or None: the kernel hands them over apart."""
    frame, control, _, _ = port.recvmsg(65536, socket.CMSG_SPACE(AUXDATA.size))
    for level, kind, data in control:
        if level == SOL_PACKET and kind == PACKET_AUXDATA:
            status, _, _, _, _, tci, _ = AUXDATA.unpack(data[: AUXDATA.size])
            if status & TP_STATUS_VLAN_VALID:
                return frame, tci & 0xFFF
    return frame, None


def main():
    trunk = open_port(sys.argv[1])
    ports = {}
    for word in sys.argv[2:]:
        name, vlan = word.split(":")
        ports[int(vlan)] = open_port(name)
    ready = selectors.DefaultSelector()
    ready.register(trunk, selectors.EVENT_READ, None)
    for vlan, port in ports.items():
        ready.register(port, selectors.EVENT_READ, vlan)
    print("ready", flush=True)
    while True:
        for key, _ in ready.select():
            try:
                frame, tag = receive(key.fileobj)
                if key.data is not None:
                    if tag is None:
                        trunk.send(frame[:12] + struct.pack("!HH", 0x8100, key.data) + frame[12:])
                elif tag in ports:
                    ports[tag].send(frame)
            except OSError as error:
                # A cable is out; the others go on.
                print(error, flush=True)


if __name__ == "__main__":
    main()
