"""Reads lines of LangChain's dictionaries by LangChain itself, and says what is in them.

The conversations are told in the order of their words: which of them was the latest is
nothing that LangChain reads.
"""

import json
import sys

from langchain_core.messages import messages_from_dict

conversations = []
for line in sys.stdin:
    told = []
    for message in messages_from_dict(json.loads(line)):
        model = message.response_metadata.get("model_name", "-")
        told.append(f"{message.type} {model} {json.dumps(message.content, ensure_ascii=False)}")
    conversations.append(told)
for told in sorted(conversations):
    print(*told, sep="\n")
