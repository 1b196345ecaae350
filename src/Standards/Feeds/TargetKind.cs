namespace Yunnao.Standards.Feeds;

/// <summary>Databases that exports are written into.</summary>
public enum TargetKind { Postgres, MySql, ClickHouse }
