from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sync.config import Settings, load
from sync.config.sources import config_file, variables
from sync.errors import FixSetup

CONTRACT = """
tenant:
  url: https://acme.datamingle.ai      # or: sandbox
  workers: 4
  batch_rows: 500
  batch_rows_max: 5000
  batch_bytes: 1000000
  timeout: 60
  retry: {attempts: 5, base: 0.5, max: 30, deadline: 600}
  ca_file: null
  field_names: {}
mappings: mappings
state: state
rejects: rejects
language: en
watch:
  root: drop
  settle: 10
  poll: 10
  done_file: null
sandbox: {catalogue: null, faults: null}
"""
SECRET = "k3y-" + "x" * 20


def settings(
    folder: Path, text: str | None, *, env: dict[str, str] | None = None, **options: object
) -> Settings:
    if text is not None:
        (folder / "inventory-sync.yaml").write_text(text, encoding="utf-8")
    return load(options, {"HOME": str(folder / "home"), **(env or {})}, folder)


def problems(
    folder: Path, text: str | None, *, env: dict[str, str] | None = None, **options: object
) -> list[str]:
    with pytest.raises(FixSetup) as caught:
        settings(folder, text, env=env, **options)
    return [problem.replace(f"{folder}{os.sep}", "") for problem in caught.value.problems]


def test_the_contracts_own_file_says_the_defaults(tmp_path: Path) -> None:
    """Every line of the contract's page is taken, and is what holds without it."""
    written = settings(tmp_path, CONTRACT)
    assert written == settings(tmp_path, "tenant: {url: https://acme.datamingle.ai}")
    assert written.origin == "https://acme.datamingle.ai"
    assert written.watch.root == tmp_path / "drop"


def test_paths_are_relative_to_the_file(tmp_path: Path) -> None:
    """Not to where the command was typed; ~ is the home folder."""
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "c.yaml").write_text(
        "mappings: maps\nstate: ~/state\nsandbox: {faults: ../f.yaml}\nrejects: 0123\n"
    )
    found = settings(tmp_path, None, config="etc/c.yaml")
    assert (found.mappings, found.state) == (folder / "maps", tmp_path / "home" / "state")
    assert (found.sandbox.faults, found.rejects) == (tmp_path / "f.yaml", folder / "0123")


def test_paths_of_options_and_variables_are_relative_to_here(tmp_path: Path) -> None:
    """What is typed is meant from where it is typed."""
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "c.yaml").write_text("mappings: maps\n")
    env = {"INVENTORY_SYNC_REJECTS": "no"}
    found = settings(tmp_path, None, env=env, config="etc/c.yaml", state="st")
    assert (found.state, found.rejects) == (tmp_path / "st", tmp_path / "no")


def test_without_a_file_the_state_is_in_the_home_folder(tmp_path: Path) -> None:
    """And the mappings are those beside the user."""
    found = settings(tmp_path, None)
    assert found.state == tmp_path / "home" / ".local" / "state" / "inventory-sync"
    assert found.mappings == tmp_path / "mappings"


def test_options_stand_above_variables_above_the_file(tmp_path: Path) -> None:
    """The nearest to the user wins; an option that was not given does not count, nor does an empty variable."""
    text, env = "tenant: {url: sandbox, workers: 2}", {"INVENTORY_SYNC_TENANT__URL": "https://b.example"}
    assert settings(tmp_path, text, tenant=None).origin == "sandbox"
    assert settings(tmp_path, text, env=env).origin == "https://b.example"
    assert settings(tmp_path, text, env=env, tenant="https://c.example").origin == "https://c.example"
    assert settings(tmp_path, text, env={"INVENTORY_SYNC_TENANT__URL": ""}).tenant.workers == 2


def test_variables_are_typed_by_the_model(tmp_path: Path) -> None:
    """Numbers are numbers, text stays text, sections and tables are YAML and are merged."""
    env = {
        "INVENTORY_SYNC_TENANT__WORKERS": "8",
        "INVENTORY_SYNC_TENANT__RETRY": "{attempts: 2}",
        "INVENTORY_SYNC_TENANT__RETRY__BASE": "1.5",
        "INVENTORY_SYNC_TENANT__FIELD_NAMES": "{quantity: 0042, notes: ''}",
        "INVENTORY_SYNC_WATCH__DONE_FILE": "{name}.done",
        "INVENTORY_SYNC_STATE": "0123",
    }
    found = settings(tmp_path, "tenant: {retry: {max: 9}}", env=env)
    assert found.tenant.workers == 8
    assert (found.tenant.retry.attempts, found.tenant.retry.base, found.tenant.retry.max) == (2, 1.5, 9)
    assert found.tenant.field_names == {"quantity": "0042", "notes": ""}
    assert (found.watch.done_file, found.state) == ("{name}.done", tmp_path / "0123")


def test_every_setting_has_a_variable() -> None:
    """By its path, in capitals."""
    assert variables()["INVENTORY_SYNC_TENANT__RETRY__MAX"] == (("tenant", "retry", "max"), False)
    assert variables()["INVENTORY_SYNC_SANDBOX__FAULTS"] == (("sandbox", "faults"), False)
    assert variables()["INVENTORY_SYNC_WATCH"] == (("watch",), True)


def test_all_problems_come_at_once_each_with_where_it_was_typed(tmp_path: Path) -> None:
    """File with line and column, variable, option: one list."""
    text = (
        "tenant:\n  url: http://acme.example\n  wrokers: 3\n  batch_rows: 9000\nlanguage: de\nlanguage: en\n"
    )
    env = {"INVENTORY_SYNC_TENANT__TIMEOUT": "0", "INVENTORY_SYNC_TENNANT__URL": "x"}
    assert problems(tmp_path, text, env=env, state="") == [
        "INVENTORY_SYNC_TENANT__TIMEOUT: tenant.timeout: must be from 1 to 600, not 0",
        "--state: state: must be the path of a file or folder",
        "inventory-sync.yaml:2:8: tenant.url: must begin with https://; http:// is only for this machine itself, as the key would be read",
        "inventory-sync.yaml:3:3: tenant: unknown key `wrokers`; did you mean `workers`?",
        "inventory-sync.yaml:4:15: tenant.batch_rows: must be from 1 to batch_rows_max, 5000, not 9000",
        "inventory-sync.yaml:5:11: language: must be en, tr, or the path of a .toml file of your own",
        "inventory-sync.yaml:6:1: the key `language` stands twice, first at inventory-sync.yaml:5:1",
        "INVENTORY_SYNC_TENNANT__URL: is no setting; did you mean INVENTORY_SYNC_TENANT__URL?",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("workers", "9", "must be from 1 to 8, not 9"),
        ("workers", "0", "must be from 1 to 8, not 0"),
        ("workers", "2.5", "must be a whole number, not `2.5`"),
        ("batch_rows", "0", "must be from 1 to 50,000, not 0"),
        ("batch_rows_max", "50001", "must be from 1 to 50,000, not 50,001"),
        ("batch_rows_max", "1000000000", "must be from 1 to 50,000, not 1,000,000,000"),
        ("batch_bytes", "999", "must be from 1,000 to 10,000,000, not 999"),
        ("timeout", "601", "must be from 1 to 600, not 601"),
        ("timeout", "x", "must be a number, not `x`"),
        ("retry.attempts", "-1", "must be from 1 to 20, not -1"),
        ("retry.base", "31", "must not be more than max, 30"),
        ("retry.max", "0", "must be from 0.01 to 3,600, not 0"),
        ("retry.deadline", "0", "must be from 1 to 86,400, not 0"),
        ("field_names.qty", "x", "is not a field of a request"),
        ("field_names.quantity", '""', "must have a name"),
        ("ca_file", '""', "must be the path of a file or folder"),
        ("ca_file", "[a]", "must be text"),
    ],
)
def test_a_number_out_of_range_is_told_with_the_range(
    tmp_path: Path, key: str, value: str, sentence: str
) -> None:
    """No batch of 0 rows, no 900 workers."""
    *above, last = key.split(".")
    inner = f"{{{last}: {value}}}"
    for section in reversed(above):
        inner = f"{{{section}: {inner}}}"
    (problem,) = problems(tmp_path, f"tenant: {inner}")
    assert f"tenant.{key}: {sentence}" in problem


@pytest.mark.parametrize(
    "names",
    [
        "{quantity: sku_code}",
        "{location_code: X, quantity: X}",
        "{inventory: notes}",
        "{source: X, notes: X}",
    ],
)
def test_two_fields_cannot_have_one_name(tmp_path: Path, names: str) -> None:
    """The tenant could not tell them apart."""
    (problem,) = problems(tmp_path, f"tenant: {{field_names: {names}}}")
    assert "tenant.field_names: must give" in problem


def test_names_of_different_levels_and_left_out_ones_may_be_alike(tmp_path: Path) -> None:
    """A row and what stands above the rows are different places; the bounds themselves are within."""
    text = (
        "{field_names: {inventory: X, sku_code: X, source: '', notes: ''}, batch_rows: 9, batch_rows_max: 9, "
    )
    found = settings(tmp_path, f"tenant: {text} retry: {{base: 1, max: 1}}}}")
    assert found.tenant.field_names["sku_code"] == "X"


def test_a_password_in_the_address_is_in_no_problem(tmp_path: Path) -> None:
    """Configuration problems are shown and logged."""
    (problem,) = problems(tmp_path, "tenant: {url: 'https://user:pa55@acme.example'}")
    assert "pa55" not in problem


def test_no_tenant_is_told_when_one_is_needed(tmp_path: Path) -> None:
    """Commands that need none work without."""
    found = settings(tmp_path, None)
    with pytest.raises(FixSetup, match=r"there is no tenant: set tenant.url"):
        _ = found.origin
    assert not found.is_sandbox
    assert settings(tmp_path, None, tenant="sandbox").is_sandbox


@pytest.mark.parametrize("text", ["- a\n", "hello\n"])
def test_a_file_that_is_no_section_is_refused_whatever_overrides_it(tmp_path: Path, text: str) -> None:
    """Its settings would be lost in silence."""
    (problem,) = problems(tmp_path, text, tenant="sandbox")
    assert problem.startswith("inventory-sync.yaml:1:1: must be a section of keys and values")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("state: drop/inbox", "state"),
        ("mappings: drop/inbox/maps", "mappings"),
        ("rejects: drop/inbox", "rejects"),
        ("state: drop", "state"),
        ("state: drop/rejects", "state"),
        ("state: x/../drop/processed", "state"),
        ("state: mappings", "state"),
        ("watch: {root: rejects}", "rejects"),
    ],
)
def test_no_folder_of_ours_lies_where_files_are_dropped(tmp_path: Path, text: str, key: str) -> None:
    """What is written there would be taken for a stock file, or moved away."""
    (problem,) = problems(tmp_path, text)
    assert f"{key}: must" in problem


def test_rejects_of_the_watched_folder_may_be_those_of_run(tmp_path: Path) -> None:
    """One folder for all reject files is sensible; so is a state beside the drop folders."""
    assert (
        settings(tmp_path, "rejects: drop/rejects\nstate: drop/state").rejects
        == tmp_path / "drop" / "rejects"
    )


@pytest.mark.parametrize("done_file", ["x.done", "{name}", "a/{name}"])
def test_a_done_file_is_named_after_the_file(tmp_path: Path, done_file: str) -> None:
    """Otherwise no file would ever be taken, or every file at once."""
    (problem,) = problems(tmp_path, f'watch: {{done_file: "{done_file}"}}')
    assert "watch.done_file: must be a file name with {name} in it" in problem


def test_the_file_is_looked_for_in_order(tmp_path: Path) -> None:
    """Option, variable, here."""
    for name in ("a.yaml", "b.yaml", "inventory-sync.yaml"):
        (tmp_path / name).touch()
    env = {"INVENTORY_SYNC_CONFIG": "b.yaml"}
    assert config_file({"config": "a.yaml"}, env, tmp_path) == tmp_path / "a.yaml"
    assert config_file({"config": None}, env, tmp_path) == tmp_path / "b.yaml"
    assert config_file({}, {}, tmp_path) == tmp_path / "inventory-sync.yaml"


@pytest.mark.parametrize(
    ("option", "variable", "named"), [("x.yaml", "", "--config"), (None, "x.yaml", "INVENTORY_SYNC_CONFIG")]
)
def test_a_named_file_must_be_there(tmp_path: Path, option: str | None, variable: str, named: str) -> None:
    """Never another one in silence."""
    (problem,) = problems(tmp_path, "", env={"INVENTORY_SYNC_CONFIG": variable}, config=option)
    assert problem == f"{named}: there is no file x.yaml"


def test_a_file_that_cannot_be_looked_at_is_not_there(tmp_path: Path) -> None:
    """A name longer than any file's stands for a folder that is closed to this user."""
    assert problems(tmp_path, None, config="x" * 300)[0].startswith("--config: there is no file")


@pytest.mark.parametrize("name", ["INVENTORY_SYNC_API_KEY", "INVENTORY_SYNC_API_KEY_FILE", "OTHER"])
def test_the_keys_variables_and_foreign_ones_are_no_settings(tmp_path: Path, name: str) -> None:
    """They are left alone here."""
    assert SECRET not in repr(settings(tmp_path, None, env={name: SECRET}))


def test_an_unknown_variable_far_from_every_name_is_still_refused(tmp_path: Path) -> None:
    """A setting that does nothing is a mistake."""
    (told,) = problems(tmp_path, None, env={"INVENTORY_SYNC_ZZZ_QQQ_XXX_JJJ": "1"})
    assert told.endswith(": is no setting")


def test_paths_may_be_paths() -> None:
    """Settings can be made in code, too."""
    assert Settings.model_validate({"state": Path("x")}).state == Path("x")


def test_the_room_is_light_to_import() -> None:
    """`--help` and `status` pay for no frames and no HTTP client."""
    code = "import sys, sync.config; sys.exit(bool({'pandas', 'pyarrow', 'numpy', 'httpx', 'openpyxl'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", code], check=True)
