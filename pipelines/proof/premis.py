"""A run of `verify` as a PREMIS 3 document, which an archive keeps with its holdings to show that and when they were checked."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from datetime import datetime

from lxml import etree

from pipelines.store.rows import moment

_NAMESPACE = "http://www.loc.gov/premis/v3"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
_EVENTS = "http://id.loc.gov/vocabulary/preservation/eventType"
_OUTCOMES = "http://id.loc.gov/vocabulary/preservation/eventOutcome"
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def premis(ledger: str, software: str, version: str, started: datetime, checked: Sequence[str], faults: Sequence[str]) -> bytes:
    """The document: the ledger as an object, the software as an agent, and the check as an event with its outcome.

    `checked`: what was checked, in words; `faults`: what was wrong, one fault an entry.
    """
    root = etree.Element(f"{{{_NAMESPACE}}}premis", {"version": "3.0"}, nsmap={None: _NAMESPACE})
    thing = _add(root, "object")
    thing.set(_TYPE, "file")
    _identifier(thing, "object", "local", ledger)
    _add(_add(_add(_add(thing, "objectCharacteristics"), "format"), "formatDesignation"), "formatName", "SQLite 3 (newsledger)")
    event = _add(root, "event")
    _identifier(event, "event", "UUID", str(uuid.uuid4()))
    _add(event, "eventType", "fixity check", authority="eventType", valueURI=f"{_EVENTS}/fix")
    _add(event, "eventDateTime", moment(started))
    _add(_add(event, "eventDetailInformation"), "eventDetail", "chain, rows, texts, index, archived pages against their hashes")
    outcome = _add(event, "eventOutcomeInformation")
    code = "fai" if faults else "suc"
    _add(outcome, "eventOutcome", "fail" if faults else "success", authority="eventOutcome", valueURI=f"{_OUTCOMES}/{code}")
    for note in (*checked, *faults):
        _add(_add(outcome, "eventOutcomeDetail"), "eventOutcomeDetailNote", note)
    _identifier(event, "linkingAgent", "local", software)
    _identifier(event, "linkingObject", "local", ledger)
    agent = _add(root, "agent")
    _identifier(agent, "agent", "local", software)
    _add(agent, "agentName", software)
    _add(agent, "agentType", "software", authority="agentType")
    _add(agent, "agentVersion", version)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _identifier(parent: etree._Element, of: str, kind: str, value: str) -> None:
    found = _add(parent, f"{of}Identifier")
    _add(found, f"{of}IdentifierType", kind)
    _add(found, f"{of}IdentifierValue", value)


def _add(parent: etree._Element, name: str, text: str | None = None, **attributes: str) -> etree._Element:
    made = etree.SubElement(parent, f"{{{_NAMESPACE}}}{name}", attributes)
    made.text = None if text is None else _CONTROL.sub("\ufffd", text)
    return made
