"""Writes what LangChain and `llm` write, by themselves."""

import json
import sys
from pathlib import Path

import llm
import sqlite_utils
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage, messages_to_dict
from llm.migrations import migrate

folder = Path(sys.argv[1])

said = [
    SystemMessage("be brief"),
    HumanMessage([{"type": "text", "text": "look"}, {"type": "image_url", "image_url": {"url": "data:,"}}]),
    AIMessage(
        "",
        tool_calls=[{"name": "weather", "args": {"city": "Rome"}, "id": "call-1"}],
    ),
    ToolMessage("sunny", tool_call_id="call-1"),
    AIMessage(
        "It is sunny: ünïcode 🙂",
        id="run-1",
        response_metadata={"model_name": "model-1", "finish_reason": "stop"},
        usage_metadata={"input_tokens": 7, "output_tokens": 3, "total_tokens": 10},
    ),
]
(folder / "langchain.json").write_text(json.dumps(messages_to_dict(said)))


class Echo(llm.Model):
    model_id = "echo"

    def execute(self, prompt, stream, response, conversation=None, *rest):
        yield f"you said: {prompt.prompt}"


database = sqlite_utils.Database(folder / "logs.db")
migrate(database)
conversation = Echo().conversation()
for text, system in [("first ünïcode 🙂", "be brief"), ("second", None)]:
    response = conversation.prompt(text, system=system, stream=False)
    response.text()
    response.log_to_db(database)
