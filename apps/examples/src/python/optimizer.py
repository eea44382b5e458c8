"""An optimizer of its own, driving a Trimtab study with nothing but gRPC and code generated from Trimtab's .proto files.

    optimizer.py HOST:PORT SESSION [--json]

It is a (1+1) evolution strategy with Rechenberg's one-fifth rule (Rechenberg, "Evolutionsstrategie", 1973): it moves on
from the best point by a normal step, longer after a step that was better and shorter after one that was not. What to try
it decides itself; the study checks it against the variables' limits and the session's rules, keeps count, and in the end
sets the variables to the best. With --json each line is one JSON object.
"""

import json
import random
import sys

import grpc

import trimtab_values as values
from refusal import read_refusal
from trimtab.v1 import session_pb2, study_pb2, study_pb2_grpc

LIMITS = {"rate": (0.0, 1.0), "momentum": (0.0, 1.0)}
CLIENT = "evolution-strategy"
TRIALS = 60
PYTHON = session_pb2.WriteContext(actor="python", origin=session_pb2.ORIGIN_PYTHON)


def tell(step, text, **facts):
    """Prints what happened: for people, or as JSON for programs."""
    print(json.dumps({"step": step, "text": text, **facts}) if "--json" in sys.argv else text, flush=True)


def loss_of(point):
    """What a training run would measure: best where rate is 0.3 and momentum 0.6."""
    return (point["rate"] - 0.3) ** 2 + 2 * (point["momentum"] - 0.6) ** 2


class Study:
    """The calls of the study service, for one study and in the name of this program."""

    def __init__(self, channel, session_id, study_id):
        self.at = {"session_id": session_id, "study_id": study_id}
        self.stub = study_pb2_grpc.StudyServiceStub(channel)

    def create(self):
        keep = session_pb2.IF_EXISTS_KEEP
        request = study_pb2.CreateStudyRequest(**self.at, variables=list(LIMITS), if_exists=keep, context=PYTHON)
        return self.stub.CreateStudy(request).study

    def propose(self, point):
        """Starts a trial of this very point."""
        parameters = {name: values.number(value) for name, value in point.items()}
        request = study_pb2.AskTrialsRequest(**self.at, client_id=CLIENT, parameters=parameters, context=PYTHON)
        return self.stub.AskTrials(request).trials[0]

    def tell(self, trial, loss):
        result = study_pb2.TrialResult(trial_number=trial.number, values=[loss])
        return self.stub.TellTrial(study_pb2.TellTrialRequest(**self.at, result=result, client_id=CLIENT, context=PYTHON))

    def best(self):
        return self.stub.GetBestTrial(study_pb2.GetBestTrialRequest(**self.at)).trial

    def apply(self):
        return self.stub.ApplyTrial(study_pb2.ApplyTrialRequest(**self.at, context=PYTHON))


def search(study, chance):
    """Proposes, measures and tells. Where a point is refused it takes a shorter step from where it is."""
    point = {"rate": 0.5, "momentum": 0.4}
    best, width, refused = None, 0.2, 0
    tried = 0
    while tried < TRIALS:
        wanted = point if best is None else {name: value + chance.gauss(0, width) for name, value in point.items()}
        try:
            trial = study.propose(wanted)
        except grpc.RpcError as error:
            refusal = read_refusal(error)
            if refused == 0 or refusal["reason"] not in refused_for:
                tell("refused", f"refused: {error.details()}", status=error.code().name, **refusal)
            refused_for.add(refusal["reason"])
            refused += 1
            width *= 0.9
            continue
        tried += 1
        loss = loss_of(wanted)
        improved = study.tell(trial, loss).improved
        width *= 1.5 if improved else 1.5**-0.25
        if improved:
            point, best = wanted, loss
    return best, refused


refused_for = set()


def main():
    address, session_id = sys.argv[1], sys.argv[2]
    with grpc.insecure_channel(address) as channel:
        study = Study(channel, session_id, "evolution")
        created = study.create()
        tell("created", f"study {created.id} of {', '.join(variable.name for variable in created.variables)}", study=created.id)
        best, refused = search(study, random.Random(7))
        tell("searched", f"{TRIALS} trials, {refused} points refused, best loss {best:.2g}", best=best, refused=refused)
        trial = study.best()
        applied = study.apply()
        tell(
            "applied",
            f"trial {trial.number} is applied at revision {applied.revision}",
            number=trial.number,
            loss=trial.values[0],
            values={name: values.to_python(value) for name, value in trial.parameters.items()},
            revision=applied.revision,
        )
    tell("done", "done")


if __name__ == "__main__":
    main()
