"""Prints the scalars of an event file as TensorBoard reads them: one JSON array [tag, step, value] a line.

Usage: python read_events.py FILE. Needs the package tensorboard; `make tensorboard` sets one up.
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
for tag in sorted(events.Tags()["scalars"]):
    for scalar in events.Scalars(tag):
        print(json.dumps([tag, scalar.step, scalar.value]))
