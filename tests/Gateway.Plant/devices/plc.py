"""A PLC: pymodbus server on port 502 with registers that change.

usage: plc.py NAME
Holding registers: 0 counts up each 100 ms, 1 is a temperature in 0.1 degrees, 2-99 are free. Answers device identification (43/14).
"""
import asyncio
import math
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server import StartAsyncTcpServer


async def run_process(context):
    """The process behind the registers."""
    count = 0
    while True:
        count = (count + 1) & 0xFFFF
        context.setValues(3, 0, [count, int(200 + 50 * math.sin(count / 50))])
        await asyncio.sleep(0.1)


async def main(name):
    slave = ModbusSlaveContext(
        di=ModbusSequentialDataBlock(0, [0] * 100), co=ModbusSequentialDataBlock(0, [0] * 100),
        hr=ModbusSequentialDataBlock(0, [0] * 100), ir=ModbusSequentialDataBlock(0, [0] * 100), zero_mode=True)
    identity = ModbusDeviceIdentification(
        info_name={"VendorName": "Plant Works", "ProductCode": "PW-502", "MajorMinorRevision": "2.1.7", "ModelName": name})
    process = asyncio.create_task(run_process(slave))
    await StartAsyncTcpServer(context=ModbusServerContext(slaves=slave, single=True), identity=identity, address=("0.0.0.0", 502))
    await process


asyncio.run(main(sys.argv[1]))
