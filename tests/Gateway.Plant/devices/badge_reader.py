"""A badge-reader controller: dials its server over TLS every few seconds, and answers a discovery question on UDP port 4070.

usage: badge_reader.py NAME SERVER PORT STATISTICS_FILE
"""
import asyncio
import json
import os
import ssl
import sys


class Discovery(asyncio.DatagramProtocol):
    """Answers whoever asks, as such devices do."""

    def __init__(self, name):
        self.name = name

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        if data.startswith(b"discover;"):
            self.transport.sendto(f"discovered;{self.name};PW-Badge;1.4;".encode(), addr)


def write_statistics(path, dialled, reached):
    with open(path + ".new", "w", encoding="ascii") as file:
        json.dump({"dialled": dialled, "reached": reached}, file)
    os.replace(path + ".new", path)


async def dial(server, port, path):
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    dialled = reached = 0
    while True:
        dialled += 1
        try:
            reader, writer = await asyncio.wait_for(asyncio.open_connection(server, port, ssl=context), 3)
            writer.write(b"BADGE 0042\n")
            await writer.drain()
            writer.close()
            reached += 1
        except (OSError, asyncio.TimeoutError):
            pass
        write_statistics(path, dialled, reached)
        await asyncio.sleep(2)


async def main(name, server, port, path):
    await asyncio.get_running_loop().create_datagram_endpoint(lambda: Discovery(name), local_addr=("0.0.0.0", 4070))
    await dial(server, port, path)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]))
