using System.Data.Common;
using System.Text.Json;
using Yunnao.Trust.Control;

namespace Yunnao.Services.Jobs;

/// <summary>The table of jobs in the control database. Times are milliseconds since 1970, so that both databases keep them alike.</summary>
public sealed class JobStore(ControlDb control)
{
    private const string Columns = "id, kind, who, arguments, state, step, fraction, attempts, created, started, ended, outcome";

    /// <summary>Makes the table; jobs that a former process left running wait again.</summary>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await RunAsync(
            """
            CREATE TABLE IF NOT EXISTS job (
                id VARCHAR(26) PRIMARY KEY, kind VARCHAR(40) NOT NULL, who VARCHAR(200) NOT NULL, arguments TEXT NOT NULL, state VARCHAR(10) NOT NULL,
                step VARCHAR(40), fraction DOUBLE PRECISION NOT NULL, attempts INTEGER NOT NULL, created BIGINT NOT NULL, started BIGINT, ended BIGINT, outcome TEXT)
            """, cancellation).ConfigureAwait(false);
        await RunAsync("UPDATE job SET state = 'queued', step = NULL WHERE state = 'running'", cancellation).ConfigureAwait(false);
    }

    public Task AddAsync(Job job, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        return RunAsync(
            $"INSERT INTO job ({Columns}) VALUES (@p0, @p1, @p2, @p3, 'queued', NULL, 0, 0, @p4, NULL, NULL, NULL)",
            cancellation, job.Id, job.Kind, job.Who, job.Arguments.GetRawText(), job.Created.ToUnixTimeMilliseconds());
    }

    public async Task<Job?> FindAsync(string id, CancellationToken cancellation) =>
        (await ReadAsync($"SELECT {Columns} FROM job WHERE id = @p0", cancellation, id).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>The newest jobs, newest first; of one caller, or of all.</summary>
    public Task<List<Job>> NewestAsync(string? who, int limit, CancellationToken cancellation) => who is null
        ? ReadAsync($"SELECT {Columns} FROM job ORDER BY id DESC LIMIT {limit}", cancellation)
        : ReadAsync($"SELECT {Columns} FROM job WHERE who = @p0 ORDER BY id DESC LIMIT {limit}", cancellation, who);

    /// <summary>The job that has waited longest, or null.</summary>
    public async Task<Job?> NextAsync(CancellationToken cancellation) =>
        (await ReadAsync($"SELECT {Columns} FROM job WHERE state = 'queued' ORDER BY id LIMIT 1", cancellation).ConfigureAwait(false)).FirstOrDefault();

    /// <summary>Writes a job's state; false when it is not in the state <paramref name="from"/> any more.</summary>
    public async Task<bool> MoveAsync(Job job, JobState from, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(job);
        return await RunAsync(
            "UPDATE job SET state = @p0, step = @p1, fraction = @p2, attempts = @p3, started = @p4, ended = @p5, outcome = @p6 WHERE id = @p7 AND state = @p8",
            cancellation, Word(job.State), job.Step, job.Fraction, job.Attempts, job.Started?.ToUnixTimeMilliseconds(), job.Ended?.ToUnixTimeMilliseconds(),
            job.Outcome?.GetRawText(), job.Id, Word(from)).ConfigureAwait(false) == 1;
    }

    private static string Word(JobState state) => state.ToString().ToLowerInvariant();

    private async Task<int> RunAsync(string sql, CancellationToken cancellation, params object?[] values)
    {
        var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var command = Command(connection, sql, values);
            await using (command.ConfigureAwait(false)) return await command.ExecuteNonQueryAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task<List<Job>> ReadAsync(string sql, CancellationToken cancellation, params object?[] values)
    {
        var jobs = new List<Job>();
        var connection = await control.ConnectAsync(cancellation).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var command = Command(connection, sql, values);
            await using (command.ConfigureAwait(false))
            {
                var reader = await command.ExecuteReaderAsync(cancellation).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                    while (await reader.ReadAsync(cancellation).ConfigureAwait(false)) jobs.Add(Read(reader));
            }
        }

        return jobs;
    }

    private static Job Read(DbDataReader row) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), JsonElement.Parse(row.GetString(3)), Enum.Parse<JobState>(row.GetString(4), ignoreCase: true),
        row.IsDBNull(5) ? null : row.GetString(5), row.GetDouble(6), row.GetInt32(7), Time(row, 8)!.Value, Time(row, 9), Time(row, 10),
        row.IsDBNull(11) ? null : JsonElement.Parse(row.GetString(11)));

    private static DateTimeOffset? Time(DbDataReader row, int column) => row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    private static DbCommand Command(DbConnection connection, string sql, object?[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = ($"p{i}", values[i] ?? DBNull.Value);
            command.Parameters.Add(parameter);
        }

        return command;
    }
}
