"""A sorting machine's controller: each 100 ms it reads a PLC and writes its position there, and serves its own registers on port 502.

usage: sorter.py PLC_ADDRESS STATISTICS_FILE
The statistics file holds cycles, missed cycles and the slowest cycle, rewritten once a second.
"""
import asyncio
import json
import os
import sys
import time

from pymodbus.client import AsyncModbusTcpClient
from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncTcpServer

CYCLE = 0.1


class Statistics:
    """Counts cycles for whoever watches the line."""

    def __init__(self, path):
        self.path, self.cycles, self.missed, self.slowest, self.written = path, 0, 0, 0.0, 0.0

    def add(self, seconds, ok):
        self.cycles += 1
        self.missed += 0 if ok and seconds < CYCLE else 1
        self.slowest = max(self.slowest, seconds)
        if time.monotonic() - self.written < 1:
            return
        self.written = time.monotonic()
        with open(self.path + ".new", "w", encoding="ascii") as file:
            json.dump({"cycles": self.cycles, "missed": self.missed, "slowestMs": round(self.slowest * 1000, 3)}, file)
        os.replace(self.path + ".new", self.path)


async def cycle(client, own):
    """One turn: what the PLC says decides where the parcel goes."""
    answer = await client.read_holding_registers(0, 2, slave=1)
    if answer.isError():
        return False
    own.setValues(3, 0, answer.registers)
    return not (await client.write_register(10, answer.registers[0], slave=1)).isError()


async def drive(plc, own, statistics):
    while True:
        client = AsyncModbusTcpClient(plc, port=502, timeout=1)
        await client.connect()
        while client.connected:
            started = time.monotonic()
            try:
                ok = await cycle(client, own)
            except Exception:  # the connection is gone, or nobody answered: connect again
                statistics.add(CYCLE, False)
                break
            statistics.add(time.monotonic() - started, ok)
            await asyncio.sleep(max(0, CYCLE - (time.monotonic() - started)))
        await client.close()
        await asyncio.sleep(1)


async def main(plc, path):
    own = ModbusSlaveContext(hr=ModbusSequentialDataBlock(0, [0] * 100), zero_mode=True)
    task = asyncio.create_task(drive(plc, own, Statistics(path)))
    await StartAsyncTcpServer(context=ModbusServerContext(slaves=own, single=True), address=("0.0.0.0", 502))
    await task


asyncio.run(main(sys.argv[1], sys.argv[2]))
