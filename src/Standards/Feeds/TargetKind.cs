namespace Yunnao.Standards.Feeds;

/// <summary>What exports are written into: a database, or another platform like this one.</summary>
public enum TargetKind { Postgres, MySql, ClickHouse, Yunnao }
