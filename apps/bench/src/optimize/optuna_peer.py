"""Runs Optuna's samplers for the benchmark: suggests points, and is told what came of them, line by line.

Reads a job per line, {"sampler", "options", "space", "directions", "seed", "trials"}. For each trial it prints
{"parameters"} and reads {"values"}; after the last one it prints {"micros"}, the time that asking and telling took.
"""

import json
import sys
import time
import warnings

import optuna

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(optuna.logging.ERROR)

SAMPLERS = {
    "tpe": optuna.samplers.TPESampler,
    "random": optuna.samplers.RandomSampler,
    "cmaes": optuna.samplers.CmaEsSampler,
    "nsga2": optuna.samplers.NSGAIISampler,
}


def suggest(trial, space, values):
    """Suggests each parameter, and those of the branch that was taken after it."""
    for parameter in space:
        name, kind = parameter["name"], parameter["kind"]
        if kind == "real":
            values[name] = trial.suggest_float(name, parameter["min"], parameter["max"], log=parameter["log"])
        elif kind == "integer":
            step = parameter["step"]
            values[name] = trial.suggest_int(name, parameter["min"], parameter["max"], step=step, log=parameter["log"])
        else:
            branch = trial.suggest_categorical(name, list(parameter["branches"]))
            values[name] = branch
            suggest(trial, parameter["branches"][branch], values)


def send(message):
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def run(job):
    sampler = SAMPLERS[job["sampler"]](seed=job["seed"], **job["options"])
    study = optuna.create_study(sampler=sampler, directions=job["directions"])
    spent = 0.0
    for _ in range(job["trials"]):
        start = time.perf_counter()
        trial = study.ask()
        values = {}
        suggest(trial, job["space"], values)
        spent += time.perf_counter() - start
        send({"parameters": values})
        told = json.loads(sys.stdin.readline())["values"]
        start = time.perf_counter()
        study.tell(trial, told)
        spent += time.perf_counter() - start
    send({"micros": spent * 1e6})


send({"version": optuna.__version__})
for line in sys.stdin:
    run(json.loads(line))
