"""Asks saylog by the protocol's own client and prints what it gives, a line each."""
import asyncio
import json
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main(command, arguments):
    server = StdioServerParameters(command=command, args=arguments)
    async with stdio_client(server) as (read, write), ClientSession(read, write) as session:
        await session.initialize()
        tools = await session.list_tools()
        print(" ".join(tool.name for tool in tools.tools))
        for name, given in [
            ("search", {"query": "first"}),
            ("show", {"id": 1}),
            ("context", {"id": 2}),
            ("sessions", {}),
            ("stats", {"by": "role"}),
            ("search", {"query": "bob in:global"}),
            ("show", {"id": 3}),
        ]:
            answer = await session.call_tool(name, given)
            for part in answer.content:
                first, *rows = part.text.splitlines()
                told = [json.loads(row) for row in rows]
                words = [row.get("content") or row.get("words") or row.get("key") for row in told]
                print(name, *[word for word in words if word], "" if rows else first)


asyncio.run(main(sys.argv[1], sys.argv[2:]))
