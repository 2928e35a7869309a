"""A camera: GStreamer RTSP server with a test picture on port 554, announced by multicast DNS.

usage: camera.py NAME ADDRESS
"""
import socket
import sys
import threading
import time

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # noqa: E402
from zeroconf import ServiceInfo, Zeroconf  # noqa: E402


def announce(name, address):
    """Registers the stream; again and again until the network is there."""
    info = ServiceInfo(
        "_rtsp._tcp.local.", f"{name}._rtsp._tcp.local.", addresses=[socket.inet_aton(address)], port=554,
        properties={"model": "PW-Cam 4", "path": "/test"}, server=f"{name}.local.")
    while True:
        try:
            zeroconf = Zeroconf(interfaces=[address])
            zeroconf.register_service(info)
            time.sleep(30)
            zeroconf.close()
        except OSError:
            time.sleep(1)


Gst.init(None)
server = GstRtspServer.RTSPServer.new()
server.set_service("554")
factory = GstRtspServer.RTSPMediaFactory.new()
# Without the format the server answers 503.
factory.set_launch("( videotestsrc is-live=true ! video/x-raw,format=I420,width=320,height=240,framerate=10/1 ! jpegenc ! rtpjpegpay name=pay0 )")
factory.set_shared(True)
server.get_mount_points().add_factory("/test", factory)
server.attach(None)
threading.Thread(target=announce, args=(sys.argv[1], sys.argv[2]), daemon=True).start()
GLib.MainLoop().run()
