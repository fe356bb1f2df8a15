"""What anonypy and pyCANON take for the first ROWS rows of Adult. Prints seconds, a list of rounds for each, as JSON.

Usage: guaranteePeers.py ADULT_CSV ROUNDS ROWS
"""

import json
import sys
import time

import anonypy
import pandas
from pycanon import anonymity

table = pandas.read_csv(sys.argv[1], sep=";").head(int(sys.argv[3]))
rounds = int(sys.argv[2])
quasi_identifiers = [name for name in table.columns if name != "occupation"]


def seconds(work):
    taken = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begin)
    return taken


def mondrian():
    frame = table.copy()
    for name in frame.columns:
        if name != "age":
            frame[name] = frame[name].astype("category")
    anonypy.Preserver(frame, quasi_identifiers, "occupation").anonymize_k_anonymity(k=5)


def measure():
    anonymity.k_anonymity(table, quasi_identifiers)
    anonymity.l_diversity(table, quasi_identifiers, ["occupation"])
    anonymity.t_closeness(table, quasi_identifiers, ["occupation"])
    anonymity.basic_beta_likeness(table, quasi_identifiers, ["occupation"])


print(json.dumps({"mondrian": seconds(mondrian), "measure": seconds(measure)}))
