"""Reads lines of LangChain's dictionaries by LangChain itself, and says what is in them."""

import json
import sys

from langchain_core.messages import messages_from_dict

for line in sys.stdin:
    for message in messages_from_dict(json.loads(line)):
        model = message.response_metadata.get("model_name", "-")
        print(message.type, model, json.dumps(message.content, ensure_ascii=False))
