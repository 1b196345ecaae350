namespace Yunnao.Standards.Feeds;

/// <summary>By what a feed is reached.</summary>
public enum FeedKind { Postgres, MySql, Odbc, Sftp, S3 }
