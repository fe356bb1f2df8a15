"""What SDV takes to learn a table and to draw as many rows, and what it draws.

Usage: sdvPeer.py METHOD EPOCHS; reads {column: [cells]} as JSON and prints {fit, sample, columns} as JSON.
"""

import json
import sys
import time
import warnings

import pandas
import torch
from sdv.metadata import Metadata
from sdv.single_table import CTGANSynthesizer, GaussianCopulaSynthesizer, TVAESynthesizer

warnings.filterwarnings("ignore")
torch.manual_seed(0)
method, epochs = sys.argv[1], int(sys.argv[2])
table = pandas.DataFrame(json.load(sys.stdin))
metadata = Metadata()
metadata.add_table("table")
for column in table.columns:
    metadata.add_column(column, "table", sdtype="categorical" if table[column].dtype == object else "numerical")
if method == "copula":
    synthesiser = GaussianCopulaSynthesizer(metadata)
else:
    kind = {"tvae": TVAESynthesizer, "ctgan": CTGANSynthesizer}[method]
    synthesiser = kind(metadata, epochs=epochs, enable_gpu=False)
begin = time.perf_counter()
synthesiser.fit({"table": table})
fitted = time.perf_counter()
drawn = synthesiser.sample(len(table))["table"]
ended = time.perf_counter()
columns = {name: drawn[name].tolist() for name in table.columns}
print("\n" + json.dumps({"fit": fitted - begin, "sample": ended - fitted, "columns": columns}))
