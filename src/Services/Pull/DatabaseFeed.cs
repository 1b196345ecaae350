using System.Data.Common;
using System.Data.Odbc;
using System.Net.Sockets;
using MySqlConnector;
using Npgsql;
using Yunnao.Kernel;
using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Pull;

/// <summary>
/// Connections to the database of a feed. What a driver says in words may hold values of rows (a text that is no number), so a failure is
/// told by its SQLSTATE alone.
/// </summary>
internal static class DatabaseFeed
{
    private const string Application = "yunnao";

    /// <summary>Opens a connection. Problems: <c>feed.secret</c>, <c>pull.connection</c>, <c>pull.login</c>, <c>pull.connect</c>, <c>pull.driver</c>.</summary>
    public static async Task<Result<DbConnection>> OpenAsync(Feed feed, CancellationToken cancellation)
    {
        if (!FeedSecrets.Of(feed).Try(out var secret, out var problem)) return problem;
        DbConnection? connection = null;
        try
        {
            connection = Connection(feed, secret);
            await connection.OpenAsync(cancellation).ConfigureAwait(false);
            return connection;
        }
        catch (ArgumentException)
        {
            return new Problem(ProblemKind.Incorrect, "pull.connection", $"The connection of the feed {feed.Id} has a word that the driver of {feed.Kind} does not know, or a value that it does not take.", new(feed.File));
        }
        catch (DllNotFoundException)
        {
            return new Problem(ProblemKind.Unsupported, "pull.driver", "There is no ODBC driver manager on this machine (on Debian: apt install unixodbc, and the driver of the database).", new(feed.File));
        }
        catch (Exception e) when (e is DbException or SocketException or IOException or TimeoutException)
        {
            if (connection is not null) await connection.DisposeAsync().ConfigureAwait(false);
            return Explain(e, feed);
        }
    }

    /// <summary>The problem that a driver's exception stands for.</summary>
    public static Problem Explain(Exception exception, Feed feed)
    {
        var state = State(exception);
        var place = new Place(feed.File);
        return state switch
        {
            "28000" or "28P01" => new(ProblemKind.Forbidden, "pull.login", "The database does not accept this account or its password.", place),
            "3D000" or "42000/1049" => new(ProblemKind.NotFound, "pull.query", "The database server has no database of this name, or not for this account.", place),
            "42P01" or "42S02" => new(ProblemKind.NotFound, "pull.query", "The database has no table of this name, or not for this account.", place),
            "42703" or "42S22" => new(ProblemKind.NotFound, "pull.query", "The table has no column of the name that the watermark, the key or the query names.", place),
            "42501" or "42000/1142" => new(ProblemKind.Forbidden, "pull.query", "This account may not read the table.", place),
            "IM002" or "01000" => new(ProblemKind.Unsupported, "pull.driver", "The ODBC driver or data source that the connection names is not installed (odbcinst -q -d lists the drivers).", place),
            _ when state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal) || state.Length == 0 || exception is not DbException
                => new(ProblemKind.Unavailable, "pull.connect", "The database cannot be reached, or the connection was lost. What was committed stays; the next pull goes on from there.", place),
            _ => new(ProblemKind.Incorrect, "pull.query", $"The database refuses the query or a value in it (SQLSTATE {state}).", place),
        };
    }

    /// <summary>The SQLSTATE of a failure, or one of ours for what a driver tells in another way; empty when the connection was lost.</summary>
    internal static string State(Exception exception) => exception switch
    {
        PostgresException postgres => postgres.SqlState,
        MySqlException { Number: 1045 or 1044 or 1698 } => "28000",
        MySqlException { Number: 1049 } => "42000/1049",
        MySqlException { Number: 1142 } => "42000/1142",
        MySqlException { ErrorCode: MySqlErrorCode.UnableToConnectToHost or MySqlErrorCode.CommandTimeoutExpired } => "",
        MySqlException mySql => mySql.SqlState ?? "",
        OdbcException { Errors.Count: > 0 } odbc => odbc.Errors[0].SQLState,
        DbException any => any.SqlState ?? "",
        _ => "",
    };

    private static DbConnection Connection(Feed feed, string? secret)
    {
        switch (feed.Kind)
        {
            case FeedKind.Postgres:
                return Postgres(feed.Connection!, secret);
            case FeedKind.MySql:
                return MySql(feed.Connection!, secret);
            default:
                var odbc = new OdbcConnectionStringBuilder(feed.Connection);
                if (secret is not null) odbc["PWD"] = secret;
                return new OdbcConnection(odbc.ConnectionString);
        }
    }

    internal static NpgsqlConnection Postgres(string connection, string? secret)
    {
        var words = new NpgsqlConnectionStringBuilder(connection) { ApplicationName = Application, Pooling = false, CommandTimeout = 0, KeepAlive = 30 };
        if (secret is not null) words.Password = secret;
        return new(words.ConnectionString);
    }

    /// <param name="loads">True for a connection that rows are loaded over, from a stream of ours.</param>
    internal static MySqlConnection MySql(string connection, string? secret, bool loads = false)
    {
        // A tinyint(1) holds codes as often as truths; a date of zeros stands for none.
        var words = new MySqlConnectionStringBuilder(connection)
        {
            ApplicationName = Application, Pooling = false, DefaultCommandTimeout = 0, TreatTinyAsBoolean = false, ConvertZeroDateTime = true, AllowLoadLocalInfile = loads,
        };
        if (secret is not null) words.Password = secret;
        return new(words.ConnectionString);
    }
}
