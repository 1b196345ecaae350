-- Times are microseconds since 1970-01-01 UTC; subjects are the 64 bits of the lake's number.
CREATE TABLE audit_event (
  seq {int64} NOT NULL PRIMARY KEY,
  at {int64} NOT NULL,
  kind TEXT NOT NULL,
  who TEXT NOT NULL,
  purpose TEXT,
  what TEXT,
  subject {int64},
  rows {int64},
  outcome TEXT NOT NULL,
  details TEXT,
  hash {bytes} NOT NULL
);
CREATE INDEX audit_event_at ON audit_event (at);
CREATE INDEX audit_event_who ON audit_event (who, at);
CREATE INDEX audit_event_subject ON audit_event (subject, at) WHERE subject IS NOT NULL;
CREATE TABLE audit_head (id {int64} NOT NULL PRIMARY KEY, seq {int64} NOT NULL, hash {bytes} NOT NULL, suite TEXT NOT NULL, key_id {int64} NOT NULL, mac {bytes} NOT NULL);
CREATE TABLE audit_seal (seq {int64} NOT NULL PRIMARY KEY, at {int64} NOT NULL, hash {bytes} NOT NULL, key_id {int64} NOT NULL, signature {bytes} NOT NULL);
CREATE TABLE consent (
  seq {autokey},
  subject {int64} NOT NULL,
  purpose TEXT NOT NULL,
  recipient TEXT NOT NULL,
  decision TEXT NOT NULL,
  since {int64} NOT NULL,
  until {int64},
  recorded {int64} NOT NULL,
  recorded_by TEXT NOT NULL
);
CREATE INDEX consent_subject ON consent (subject, purpose, recipient, seq);
CREATE TABLE break_glass (
  id {autokey},
  caller TEXT NOT NULL,
  subject {int64} NOT NULL,
  reason TEXT NOT NULL,
  opened {int64} NOT NULL,
  expires {int64} NOT NULL,
  closed {int64},
  reviewed {int64},
  reviewed_by TEXT,
  verdict TEXT,
  remark TEXT
);
CREATE INDEX break_glass_caller ON break_glass (caller, subject);
CREATE TABLE rights_epoch (caller TEXT NOT NULL PRIMARY KEY, epoch {int64} NOT NULL, changed {int64} NOT NULL);
CREATE INDEX rights_epoch_changed ON rights_epoch (changed);
CREATE TABLE account_person (account TEXT NOT NULL PRIMARY KEY, subject {int64} NOT NULL);
CREATE TABLE subject_group (subject {int64} NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (subject, kind, name));
