namespace Yunnao.Standards.Feeds;

/// <summary>
/// A place from which the data of a source keep coming: the tables of a database, or a folder of a server. Described in a file of its own,
/// since it is about one installation and not about the registry; docs/howto/pull-from-a-database.md and watch-a-folder.md say how.
/// </summary>
/// <param name="Kind">postgres, mysql, odbc (databases); sftp, s3 (drops of files).</param>
/// <param name="Mapping">Id of the source mapping; null where a <c>sources.csv</c> in the drop names it.</param>
/// <param name="Every">How long to wait between two looks.</param>
/// <param name="Secret">Where the password, key or secret is; null when none is needed.</param>
public sealed record Feed(string Id, Names Name, FeedKind Kind, string? Mapping, TimeSpan Every, FeedSecret? Secret, string File)
{
    /// <summary>Of a database: how to connect, without the password.</summary>
    public string? Connection { get; init; }

    /// <summary>Of a database: IANA name of the time zone in which the institution's clocks go, for columns that hold instants; or null.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Of a database: what is pulled.</summary>
    public IReadOnlyList<FeedTable> Tables { get; init; } = [];

    /// <summary>Of SFTP: the server; of S3: the end point's URL.</summary>
    public string? Host { get; init; }

    public int Port { get; init; }

    /// <summary>Of SFTP: the account; of S3: the access key's id.</summary>
    public string? User { get; init; }

    /// <summary>Of SFTP: fingerprint of the server's key, <c>SHA256:…</c>; null when it is not known yet.</summary>
    public string? HostKey { get; init; }

    /// <summary>Of SFTP: a private key file of OpenSSH, relative to the description; the secret is then its passphrase.</summary>
    public string? KeyFile { get; init; }

    public string? Bucket { get; init; }

    public string? Region { get; init; }

    /// <summary>Folder of the server, or prefix of the keys; empty: all.</summary>
    public string Folder { get; init; } = "";

    /// <summary>True when a file that was loaded is moved to <c>done</c>, and one that cannot be to <c>failed</c>.</summary>
    public bool Moves { get; init; }

    /// <summary>True for the tables of a database.</summary>
    public bool IsDatabase => Kind is FeedKind.Postgres or FeedKind.MySql or FeedKind.Odbc;
}
