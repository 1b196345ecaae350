-- Differential privacy: ε in millionths, δ in million-millionths.
CREATE TABLE privacy_budget (
  project TEXT NOT NULL PRIMARY KEY,
  epsilon {int64} NOT NULL,
  delta {int64} NOT NULL,
  epsilon_spent {int64} NOT NULL,
  delta_spent {int64} NOT NULL,
  changed {int64} NOT NULL,
  changed_by TEXT NOT NULL
);
CREATE TABLE privacy_spending (
  seq {autokey},
  project TEXT NOT NULL,
  at {int64} NOT NULL,
  who TEXT NOT NULL,
  what TEXT NOT NULL,
  epsilon {int64} NOT NULL,
  delta {int64} NOT NULL
);
CREATE INDEX privacy_spending_project ON privacy_spending (project, seq);
