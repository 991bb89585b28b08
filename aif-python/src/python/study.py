"""What is fitted, in Python: tables of any kind go to the study program, and what it finds comes back."""

import csv
import enum
import json
import math
import os
import pickle
import tempfile
from collections.abc import Mapping
from pathlib import Path


def columns(table):
    """The columns of a pandas or polars table, or of a mapping from names to columns."""
    if isinstance(table, Mapping):
        return {str(name): list(cells) for name, cells in table.items()}
    if hasattr(table, "columns") and hasattr(table, "__getitem__"):
        own = {str(name): table[name] for name in table.columns}
        return {name: cells.tolist() if hasattr(cells, "tolist") else cells.to_list() for name, cells in own.items()}
    raise TypeError("a table is expected: a pandas or polars table, a mapping from names to columns, or a file's path")


def plain(value):
    """A value as one of Python's own, where it is one of numpy's or of the like."""
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value


def listed(value):
    """What numpy has among options, as JSON takes it."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"options: {type(value).__name__}, where a number, a text, a list or a dictionary is expected")


def cell(value):
    """A cell as the study program reads it: of an enum its label, of a number all its digits, nothing where it is missing."""
    value = plain(value)
    if value is None or (isinstance(value, float) and math.isnan(value)) or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, enum.Enum):
        return value.name
    return text(value)


def text(value):
    """A value in an argument: of a number all its digits."""
    value = plain(value)
    return repr(float(value)) if isinstance(value, float) else f"{value}"


def written(table, folder, name):
    """The path of a table: its own, or that of the file into which its columns are written."""
    if isinstance(table, (str, os.PathLike)):
        return Path(table)
    own = columns(table)
    lengths = {len(cells) for cells in own.values()}
    if len(lengths) > 1:
        raise ValueError("columns of a table have unlike lengths: " + ", ".join(f"{n}: {len(c)}" for n, c in own.items()))
    path = Path(folder) / f"{name}.csv"
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(own)
        writer.writerows([cell(value) for value in row] for row in zip(*own.values()))
    return path


def flags(options, folder):
    """The arguments of the study program that keywords stand for: `missing_action="skip"` is `--missing-action=skip`."""
    arguments = []
    for key, value in options.items():
        flag, value = "--" + key.replace("_", "-"), plain(value)
        if value is None or value is False:
            continue
        if value is True:
            arguments.append(flag)
        elif key == "options":
            path = Path(folder) / "options.json"
            path.write_text(json.dumps(value, default=listed), encoding="utf-8")
            arguments.append(f"{flag}={path}")
        elif key in ("covariates", "params"):
            arguments.append(f"{flag}={written(value, folder, key)}")
        elif isinstance(value, Mapping):
            arguments += [f"{flag}={name}={assigned(own)}" for name, own in value.items()]
        elif isinstance(value, (list, tuple)):
            arguments += [f"{flag}={text(one)}" for one in value]
        else:
            arguments.append(f"{flag}={text(value)}")
    return arguments


def assigned(value):
    """What stands after a name: a number, a text, or `CELL:LABEL,..` of a mapping."""
    if isinstance(value, Mapping):
        return ",".join(f"{cell(own)}:{cell(label)}" for own, label in value.items())
    return text(value)


class Scorer:
    """Recorded behaviour, read once, whose log-likelihood and gradient are worked out at any parameters of its units.

    Units are subjects, or their sessions where the population tells these apart. Called with a mapping from names of parameters to numbers (one for all
    units) or arrays (one for each), it gives the log-likelihood in nats and a mapping with its derivatives, of the same shapes.
    """

    def __init__(self, records):
        self._records = records
        #: The names of the numbers that behaviour depends on.
        self.parameters = records.parameters
        #: The subject of each unit.
        self.subjects = records.subjects
        #: The session of each unit, where sessions are told apart.
        self.sessions = records.sessions
        #: How many scored responses each unit has.
        self.responses = records.responses
        #: What was remarked about the table.
        self.warnings = records.warnings

    def __reduce__(self):
        raise pickle.PicklingError("recorded behaviour is not pickled: read its table anew where it is needed")

    @property
    def shape(self):
        """The shape of a matrix of parameters: units and parameters."""
        return len(self.subjects), len(self.parameters)

    def matrix(self, params):
        """The matrix of parameters, one row for each unit, that a mapping stands for."""
        import numpy as np

        units, _ = self.shape
        unknown = [name for name in params if name not in self.parameters]
        missing = [name for name in self.parameters if name not in params]
        if unknown or missing:
            said = [f"unknown: {', '.join(unknown)}"] * bool(unknown) + [f"missing: {', '.join(missing)}"] * bool(missing)
            raise ValueError(f"parameters are {', '.join(self.parameters)}; {'; '.join(said)}")
        own = {name: np.asarray(params[name], dtype=float) for name in self.parameters}
        wrong = [f"{name} has the shape {value.shape}" for name, value in own.items() if value.shape not in ((), (units,))]
        if wrong:
            raise ValueError(f"a number, or {units} of them, are expected of each parameter: {'; '.join(wrong)}")
        return np.stack([np.broadcast_to(own[name], (units,)) for name in self.parameters], axis=1)

    def score(self, matrix, reject=False):
        """The log-likelihood at a matrix of parameters, its gradient (of the same shape), and the log-likelihood of each unit.

        With `reject`, behaviour that is impossible under the parameters, or parameters that make no model, have minus infinity, and derivatives that are
        not numbers; otherwise they are a `ValueError`.
        """
        import numpy as np

        return self._records.score(np.asarray(matrix, dtype=float), reject)

    def flat(self, vector, reject=False):
        """The same of all parameters in one list, unit after unit: the log-likelihood and its gradient, as optimisers take them."""
        import numpy as np

        value, gradient, _ = self.score(np.asarray(vector, dtype=float).reshape(self.shape), reject)
        return value, gradient.ravel()

    def __call__(self, params, reject=False):
        import numpy as np

        value, gradient, _ = self.score(self.matrix(params), reject)
        by = dict(zip(self.parameters, gradient.T))
        return value, {name: by[name].sum() if np.ndim(params[name]) == 0 else by[name].copy() for name in self.parameters}

    def jax(self):
        """The log-likelihood as a function of JAX, of a matrix of parameters: with gradients, for numpyro (`numpyro.factor`) or any sampler.

        It is worked out in double precision outside of JAX, and given back in the precision of the matrix: enable `jax_enable_x64`. Impossible behaviour
        has minus infinity. Second derivatives are not known, and refused.
        """
        import jax
        import numpy as np

        def host(matrix):
            value, gradient, _ = self.score(matrix, reject=True)
            return np.asarray(value, matrix.dtype), np.asarray(gradient, matrix.dtype)

        def both(matrix):
            shapes = jax.ShapeDtypeStruct((), matrix.dtype), jax.ShapeDtypeStruct(self.shape, matrix.dtype)
            return jax.pure_callback(host, shapes, matrix, vmap_method="sequential")

        @jax.custom_vjp
        def loglik(matrix):
            return both(matrix)[0]

        loglik.defvjp(both, lambda gradient, upstream: (upstream * gradient,))
        return loglik

    def pytensor(self):
        """The log-likelihood as a function of PyTensor, of a matrix of parameters: with gradients, for PyMC (`pymc.Potential`).

        Impossible behaviour has minus infinity. Second derivatives are not known, and refused.
        """
        import numpy as np
        import pytensor.tensor as pt
        from pytensor.gradient import grad_not_implemented
        from pytensor.graph import Apply, Op

        scorer = self

        class Slope(Op):
            """The gradient of the log-likelihood."""

            def make_node(self, matrix):
                return Apply(self, [pt.as_tensor(matrix)], [pt.dmatrix()])

            def perform(self, node, inputs, outputs):
                outputs[0][0] = scorer.score(inputs[0], reject=True)[1]

            def grad(self, inputs, upstream):
                return [grad_not_implemented(self, 0, inputs[0], "second derivatives are not known")]

            def pullback(self, inputs, outputs, upstream):
                return self.grad(inputs, upstream)

        class LogLikelihood(Op):
            """The log-likelihood of recorded behaviour."""

            def make_node(self, matrix):
                return Apply(self, [pt.as_tensor(matrix)], [pt.dscalar()])

            def perform(self, node, inputs, outputs):
                outputs[0][0] = np.asarray(scorer.score(inputs[0], reject=True)[0])

            def grad(self, inputs, upstream):
                return [upstream[0] * slope(inputs[0])]

            def pullback(self, inputs, outputs, upstream):
                return self.grad(inputs, upstream)

        slope = Slope()
        return LogLikelihood()


def inference_data(store):
    """What is in a store of draws: an InferenceData before ArviZ 1, a DataTree of xarray after it, read into memory."""
    import arviz

    if int(arviz.__version__.split(".")[0]) < 1:
        try:
            import zarr

            if int(zarr.__version__.split(".")[0]) < 3:
                found = arviz.from_zarr(str(store))
                return found.load() or found
        except ImportError as missing:
            raise ImportError("fit gives ArviZ what it reads by the package zarr, which cannot be imported") from missing
    import xarray

    tree = xarray.open_datatree(store, engine="zarr").load()
    return tree if int(arviz.__version__.split(".")[0]) >= 1 else arviz.InferenceData.from_datatree(tree)


def functions(program, module):
    """The functions of a module with a population."""

    def scorer(data, **options):
        with tempfile.TemporaryDirectory() as folder:
            return Scorer(program.records(written(data, folder, "data"), flags(options, folder)))

    def loglik(data, params, **options):
        return scorer(data, **options)(params)

    def simulate(**options):
        import pandas

        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "data.csv"
            program.run(["simulate", *flags(options, folder), f"--out={out}"])
            tables = [out, out.with_suffix(".truth.csv")]
            kept = {"keep_default_na": False, "na_values": [""]}
            return tuple(pandas.read_csv(path, dtype={"subject": str, "session": str}, **kept) for path in tables)

    def fit(data, out=None, **options):
        with tempfile.TemporaryDirectory() as folder:
            results = Path(folder) / "results" if out is None else Path(out)
            path = written(data, folder, "data")
            program.run(["fit", f"--data={path}", *flags({"quiet": True, **options}, folder), f"--out={results}"])
            return inference_data(results / "posterior.zarr")

    def study(*arguments):
        program.run([os.fspath(argument) if isinstance(argument, os.PathLike) else str(argument) for argument in arguments])

    scorer.__doc__ = f"Reads recorded behaviour, to be scored under {program.name}. Keywords are options of the study program's `loglik`."
    loglik.__doc__ = "The log-likelihood of recorded behaviour in nats, and its derivatives by each parameter. Of many calls, make one `scorer`."
    simulate.__doc__ = "Simulates a group: a table of its behaviour, and one of its parameters. Keywords are options of the study program's `simulate`."
    fit.__doc__ = (
        "Fits the group, and gives its posterior as ArviZ reads it. Keywords are options of the study program's `fit`: `method`, `draws`, `seed`, ..;"
        " `out` is a new folder for its report and tables, which are else not kept."
    )
    study.__doc__ = 'Runs a verb of the study program: `study("recover", "--subjects", 10, "--out", "recovery")`.'
    all_functions = {f.__name__: f for f in (scorer, loglik, simulate, fit, study)}
    for name, function in all_functions.items():
        function.__module__, function.__qualname__ = module, name
    Scorer.__module__ = module
    return {**all_functions, "Scorer": Scorer}
