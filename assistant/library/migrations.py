"""The tables of the library, one step a version. A step that was once released is never changed: add another."""

from __future__ import annotations

from typing import Final

_FIRST: Final = """
CREATE TABLE cases (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, added_ns INTEGER NOT NULL, day TEXT, technique TEXT NOT NULL
  DEFAULT '', note TEXT NOT NULL DEFAULT '', tags TEXT NOT NULL DEFAULT '', owner TEXT NOT NULL DEFAULT '',
  keep_until TEXT, origin TEXT NOT NULL DEFAULT 'own', names TEXT NOT NULL DEFAULT 'not looked at',
  deleted_ns INTEGER,
  levels_said TEXT NOT NULL DEFAULT '', cement_ml REAL, duration_s REAL, high INTEGER, medium INTEGER, low INTEGER,
  leak_said TEXT NOT NULL DEFAULT '', has_leak INTEGER NOT NULL DEFAULT 0, ct_linked INTEGER NOT NULL DEFAULT 0,
  in_set INTEGER NOT NULL DEFAULT 0, recording_said TEXT NOT NULL DEFAULT '', thumbnail TEXT
);
CREATE INDEX cases_by_day ON cases (deleted_ns, day DESC, number DESC);
CREATE TABLE levels (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL REFERENCES cases (id), level TEXT,
  technique TEXT NOT NULL DEFAULT '', access TEXT NOT NULL DEFAULT '', gauge TEXT NOT NULL DEFAULT '',
  cement_ml REAL, note TEXT NOT NULL DEFAULT '', deleted_ns INTEGER
);
CREATE INDEX levels_by_case ON levels (case_id);
CREATE TABLE runs (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL REFERENCES cases (id),
  level_id TEXT NOT NULL REFERENCES levels (id), added_ns INTEGER NOT NULL, path TEXT NOT NULL,
  is_copied INTEGER NOT NULL, sha256 TEXT NOT NULL, bytes INTEGER NOT NULL, duration_s REAL, frames INTEGER,
  width_px INTEGER NOT NULL, height_px INTEGER NOT NULL, fps REAL, state TEXT NOT NULL, why TEXT NOT NULL DEFAULT '',
  result TEXT, thumbnail TEXT, high INTEGER, medium INTEGER, low INTEGER, leak_said TEXT NOT NULL DEFAULT '',
  has_leak INTEGER NOT NULL DEFAULT 0, recording_said TEXT NOT NULL DEFAULT '', has_truth INTEGER NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '', deleted_ns INTEGER
);
CREATE INDEX runs_by_case ON runs (case_id);
CREATE INDEX runs_by_state ON runs (state);
CREATE INDEX runs_by_content ON runs (sha256);
CREATE TABLE findings (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL REFERENCES cases (id), level TEXT,
  day TEXT, site TEXT NOT NULL, yeom TEXT, magnitude TEXT, shape TEXT, note TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL DEFAULT '', deleted_ns INTEGER
);
CREATE INDEX findings_by_case ON findings (case_id);
CREATE TABLE outcomes (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, case_id TEXT NOT NULL REFERENCES cases (id), day TEXT,
  stage TEXT NOT NULL, vas REAL, odi_percent REAL, anterior_height_mm REAL, middle_height_mm REAL,
  posterior_height_mm REAL, adjacent_fracture INTEGER, remote_fracture INTEGER, brace TEXT NOT NULL DEFAULT '',
  note TEXT NOT NULL DEFAULT '', author TEXT NOT NULL DEFAULT '', deleted_ns INTEGER
);
CREATE INDEX outcomes_by_case ON outcomes (case_id);
CREATE TABLE people (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL DEFAULT '', role TEXT NOT NULL,
  consent_ns INTEGER, is_expert INTEGER NOT NULL DEFAULT 0, deleted_ns INTEGER
);
CREATE TABLE changes (
  n INTEGER PRIMARY KEY, wall_ns INTEGER NOT NULL, who TEXT NOT NULL, kind TEXT NOT NULL, about TEXT NOT NULL,
  rows TEXT NOT NULL, undone_by INTEGER, prev TEXT NOT NULL, hash TEXT NOT NULL
);
CREATE VIRTUAL TABLE words USING fts5 (said, tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3');
"""

_TRAINING: Final = """
CREATE TABLE clips (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, run_id TEXT, run_path TEXT NOT NULL, name TEXT NOT NULL,
  stop_frame INTEGER NOT NULL, facts TEXT NOT NULL, difficulty INTEGER NOT NULL DEFAULT 2, course TEXT NOT NULL
  DEFAULT '', place INTEGER NOT NULL DEFAULT 0, thumbnail TEXT, flagged INTEGER NOT NULL DEFAULT 0,
  deleted_ns INTEGER
);
CREATE INDEX clips_by_course ON clips (course, place);
CREATE TABLE sets (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, rule TEXT NOT NULL DEFAULT '',
  clips TEXT NOT NULL DEFAULT '[]', deleted_ns INTEGER
);
CREATE TABLE answers (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person_id TEXT NOT NULL REFERENCES people (id),
  clip_id TEXT NOT NULL REFERENCES clips (id), wall_ns INTEGER NOT NULL, task TEXT NOT NULL, mode TEXT NOT NULL,
  answer TEXT NOT NULL, sure_percent INTEGER, direction TEXT, pressed_frame INTEGER, is_right INTEGER,
  direction_right INTEGER, early_s REAL, early_mm REAL, is_repeat INTEGER NOT NULL DEFAULT 0,
  lines_shown INTEGER NOT NULL DEFAULT 0, took_s REAL, deleted_ns INTEGER
);
CREATE INDEX answers_by_person ON answers (person_id, number);
CREATE INDEX answers_by_clip ON answers (clip_id);
CREATE TABLE cards (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, person_id TEXT NOT NULL, clip_id TEXT NOT NULL,
  stability_days REAL NOT NULL, difficulty REAL NOT NULL, last_ns INTEGER NOT NULL, due_ns INTEGER NOT NULL,
  lapses INTEGER NOT NULL DEFAULT 0, deleted_ns INTEGER, UNIQUE (person_id, clip_id)
);
CREATE INDEX cards_by_due ON cards (person_id, due_ns);
"""

_MOVABLE: Final = """
UPDATE runs SET path = within(path), result = within(result), thumbnail = within(thumbnail);
UPDATE clips SET run_path = within(run_path), thumbnail = within(thumbnail);
UPDATE cases SET thumbnail = within(thumbnail);
"""
"""``within`` is `assistant.library.relative.stored`."""

_PLANTED: Final = """
ALTER TABLE answers ADD COLUMN planted_mm REAL;
ALTER TABLE answers ADD COLUMN trusted INTEGER;
"""

_REVIEWED: Final = """
ALTER TABLE runs ADD COLUMN reviewed TEXT NOT NULL DEFAULT '';
"""
"""What reviewers say of the run, for the search; their own file lies beside it."""

_SESSIONS: Final = """
ALTER TABLE runs ADD COLUMN rehearsal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN analysed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN told_high INTEGER;
ALTER TABLE runs ADD COLUMN told_medium INTEGER;
ALTER TABLE runs ADD COLUMN told_low INTEGER;
ALTER TABLE runs ADD COLUMN acknowledged INTEGER;
ALTER TABLE runs ADD COLUMN xray_s REAL;
ALTER TABLE runs ADD COLUMN exposures INTEGER;
ALTER TABLE levels ADD COLUMN xray_s REAL;
ALTER TABLE levels ADD COLUMN exposures INTEGER;
ALTER TABLE levels ADD COLUMN day_said TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN rehearsal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE cases ADD COLUMN analysed_by TEXT NOT NULL DEFAULT '';
ALTER TABLE cases ADD COLUMN told_high INTEGER;
ALTER TABLE cases ADD COLUMN told_medium INTEGER;
ALTER TABLE cases ADD COLUMN told_low INTEGER;
ALTER TABLE cases ADD COLUMN acknowledged INTEGER;
ALTER TABLE cases ADD COLUMN xray_s REAL;
ALTER TABLE cases ADD COLUMN exposures INTEGER;
UPDATE runs SET rehearsal = 1 WHERE case_id IN (SELECT id FROM cases WHERE origin = 'rehearsal');
UPDATE cases SET rehearsal = 1 WHERE origin = 'rehearsal';
"""
"""What was told on the day beside what an analysis finds (``high`` and so on); a rehearsal is marked as such."""

_SHARES: Final = """
ALTER TABLE answers ADD COLUMN early_share REAL;
"""
"""What was left to the line as a share of the body: all that is known where the view is not calibrated."""

_SESSION_IDS: Final = """
ALTER TABLE runs ADD COLUMN session_id TEXT NOT NULL DEFAULT '';
"""
"""Of the live session in which a run was recorded, also where its recording stayed elsewhere (case packs)."""

_SECOND_XRAY: Final = "".join(
    f"ALTER TABLE {table} ADD COLUMN second_xray_s REAL;\nALTER TABLE {table} ADD COLUMN second_exposures INTEGER;\n"
    for table in ("runs", "levels", "cases")
)
"""Of ``xray_s`` and ``exposures``, which are of all inputs, those of a second one (the other plane)."""

STEPS: Final[tuple[str, ...]] = (
    *(_FIRST, _TRAINING, _MOVABLE, _PLANTED, _REVIEWED, _SESSIONS, _SHARES, _SESSION_IDS),
    _SECOND_XRAY,
)
"""``PRAGMA user_version`` n means that the first n steps were taken."""
VERSION: Final = len(STEPS)
TABLES: Final = frozenset(
    {"cases", "levels", "runs", "findings", "outcomes", "people", "clips", "sets", "answers", "cards"}
)
"""Tables whose rows are changed through the log, each with ``id`` and ``deleted_ns``."""
