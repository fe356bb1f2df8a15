"""Reads columns as JSON from stdin; says as JSON how long Presidio took for each and what it took most cells for.

Without a language model, which would have to be downloaded: so names are not looked for, and it is the faster for it.
"""

import json
import logging
import sys
import time
from importlib.metadata import version

import spacy
import tldextract

# Offline: the list of top-level domains that comes with the package.
tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
tldextract.extract = tldextract.tldextract.TLD_EXTRACTOR
logging.disable(logging.CRITICAL)

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry  # noqa: E402
from presidio_analyzer.nlp_engine import SpacyNlpEngine  # noqa: E402


class BlankEngine(SpacyNlpEngine):
    def __init__(self):
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}


registry = RecognizerRegistry()
registry.load_predefined_recognizers(languages=["en"])
engine = AnalyzerEngine(registry=registry, nlp_engine=BlankEngine(), supported_languages=["en"])
results = []
for column in json.load(sys.stdin):
    begin = time.perf_counter()
    counts = {}
    for value in column["values"]:
        found = engine.analyze(value, language="en")
        if found:
            best = max(found, key=lambda result: result.score).entity_type
            counts[best] = counts.get(best, 0) + 1
    seconds = time.perf_counter() - begin
    entity = max(counts, key=counts.get) if counts else None
    results.append({"seconds": seconds, "entity": entity, "cells": counts.get(entity, 0)})
json.dump({"version": version("presidio-analyzer"), "columns": results}, sys.stdout)
