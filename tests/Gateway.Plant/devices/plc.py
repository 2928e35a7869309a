"""A PLC: pymodbus server on port 502 with registers that change.

usage: plc.py NAME [HISTORIAN_URL]
Holding registers: 0 counts up each 100 ms, 1 is a temperature in 0.1 degrees, 2-99 are free. Answers device identification (43/14).
With a historian it sends its temperature there every two seconds.
"""
import asyncio
import math
import sys
import urllib.request

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


def send(url, name, value):
    """Writes one point in InfluxDB's line protocol."""
    try:
        urllib.request.urlopen(f"{url}/write?db=plant", data=f"temperature,plc={name} value={value}".encode(), timeout=3).close()
    except OSError:
        pass


async def report(context, url, name):
    while True:
        await asyncio.get_running_loop().run_in_executor(None, send, url, name, context.getValues(3, 1, 1)[0])
        await asyncio.sleep(2)


async def main(name, historian):
    slave = ModbusSlaveContext(
        di=ModbusSequentialDataBlock(0, [0] * 100), co=ModbusSequentialDataBlock(0, [0] * 100),
        hr=ModbusSequentialDataBlock(0, [0] * 100), ir=ModbusSequentialDataBlock(0, [0] * 100), zero_mode=True)
    identity = ModbusDeviceIdentification(
        info_name={"VendorName": "Plant Works", "ProductCode": "PW-502", "MajorMinorRevision": "2.1.7", "ModelName": name})
    tasks = [asyncio.create_task(run_process(slave))]
    if historian:
        tasks.append(asyncio.create_task(report(slave, historian, name)))
    await StartAsyncTcpServer(context=ModbusServerContext(slaves=slave, single=True), identity=identity, address=("0.0.0.0", 502))
    await asyncio.gather(*tasks)


asyncio.run(main(sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else ""))
