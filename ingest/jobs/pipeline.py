"""From a model and a corpus to a pack: the five stages, one after the other."""

from __future__ import annotations

from cypher.pack import merge_packs
from ingest.corpora import Corpus
from ingest.errors import CorpusError, ModelError
from ingest.fingerprint import model_fingerprint, sae_fingerprint
from ingest.jobs.explain import explain
from ingest.jobs.mine import mine
from ingest.jobs.settings import Plan, Settings, plan
from ingest.jobs.similarity import find_similar
from ingest.jobs.task import Task
from ingest.jobs.token_graphs import make_token_graphs
from ingest.jobs.weights import read_weights
from ingest.jobs.work import open_work_folder
from ingest.layers import parse_layers, parse_neurons
from ingest.progress import Progress
from ingest.stop import Stop
from ingest.subject import Subject, boot


def ingest_model(settings: Settings, corpus: Corpus, *, progress: Progress, stop: Stop) -> None:
    """Make the pack `settings.output` of what `open_inputs` opened, or go on making it.

    Raises IngestError or CypherError; what was done stands in the work folder beside the
    pack, and the same settings go on from there.
    """
    progress.note(f"corpus {corpus.name}: {corpus.n_documents} documents")
    fingerprint = model_fingerprint(settings.model)
    subject = boot(
        settings.model,
        settings.device,
        settings.dtype,
        saes=settings.saes,
        note=progress.note,
    )
    layers = parse_layers(settings.layers, subject.layers, settings.graph_model_id)
    for layer in layers:  # before anything else is done: mining takes long
        parse_neurons(settings.neurons, layer, settings.graph_model_id)
    check_context(settings, subject)
    planned = plan(
        settings,
        fingerprint=fingerprint,
        corpus_sha256=corpus.sha256,
        layers=layers,
        saes={
            layer.name: sae_fingerprint(subject.saes[layer.name].config.folder)
            for layer in layers
            if layer.name in subject.saes
        },
    )
    work = open_work_folder(settings.output, planned.inputs, restart=settings.restart)
    task = Task(settings, subject, corpus, layers, work, progress, stop)
    try:
        _run(task, planned)
    except CorpusError:  # there is nothing in it that another attempt could go on from
        work.remove()
        raise
    packs = [
        work.mined,
        *(work.graphs(layer.name) for layer in layers),
        work.graph_summary,
        work.similarity,
        work.explanations,
        *(work.weights(layer.name) for layer in layers),
        work.weights_summary,
    ]
    merge_packs(
        [pack for pack in packs if pack.exists()], settings.output, replace=settings.replace
    )
    work.remove()


def _run(task: Task, planned: Plan) -> None:
    """Run the stages whose packs are not there yet."""
    work = task.work
    stages = (
        (work.mined, mine, planned.mine),
        (work.graph_summary, make_token_graphs, planned.token_graphs),
        (work.similarity, find_similar, planned.similarity),
        (work.explanations, explain, planned.explain),
        (work.weights_summary, read_weights, planned.weights),
    )
    for pack, run, stage in stages:
        if pack.exists():
            task.progress.note(f"{stage.job} is done")
        else:
            task.stop.check(f"going on to {stage.job}")
            run(task, stage)
    task.stop.check("putting the pack together")


def check_context(settings: Settings, subject: Subject) -> None:
    """Raise ModelError if the model cannot read as many tokens at once as it is asked to."""
    begin = 0 if subject.begin is None else 1
    most = subject.shape.n_context - begin
    if settings.context_length > most:
        raise ModelError(
            f"a context of {settings.context_length} tokens is too long: "
            f"{settings.graph_model_id} reads at most {most}. Give --context-length {most} or less."
        )
