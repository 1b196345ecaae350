using Yunnao.Kernel;
using Yunnao.Lake.DuckDb;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Surveillance.Counting;

namespace Yunnao.Services.Surveillance.Alarms;

/// <summary>What people do with alarms. Each step is kept in the alarm's history.</summary>
public sealed class AlarmDesk(DuckDbLake lake, TimeProvider time)
{
    /// <summary>
    /// Moves an alarm to a status. Problems: <c>alarm.unknown</c>, <c>alarm.decided</c> (it is closed), <c>alarm.no-reason</c> (closing
    /// without outcome or reason), <c>batch.open</c>, <c>lake.read-only</c>.
    /// </summary>
    /// <param name="outcome">Needed to close, otherwise null.</param>
    /// <param name="reason">Needed to close; never a patient's name or number.</param>
    public Problem? Move(int number, AlarmStatus status, AlarmOutcome? outcome, string? reason, string who)
    {
        if (status == AlarmStatus.Closed && (outcome is null || string.IsNullOrWhiteSpace(reason)))
            return new(ProblemKind.Incorrect, "alarm.no-reason", "Closing an alarm needs what it was (outbreak, not, duplicate) and a reason.");
        if (!lake.Derive(SurveillanceTables.Schema).Try(out var derivation, out var problem)) return problem;
        using (derivation)
        {
            var connection = derivation.Connection;
            SurveillanceTables.Create(connection);
            var current = connection.Scalar<string>("SELECT status FROM surveillance.alarm WHERE number = $1", number);
            if (current is null) return Unknown(number);
            if (current == AlarmBook.Word(AlarmStatus.Closed)) return new(ProblemKind.Conflict, "alarm.decided", $"Alarm {number} is closed.");
            var now = time.GetUtcNow().UtcDateTime;
            connection.Execute(
                "UPDATE surveillance.alarm SET status = $2, outcome = $3, changed = $4 WHERE number = $1",
                number, AlarmBook.Word(status), outcome is { } decided ? AlarmBook.Word(decided) : null, now);
            AlarmBook.Log(connection, number, now, who, AlarmBook.Word(status), outcome is { } word ? $"{AlarmBook.Word(word)}: {reason}" : reason);
            derivation.Commit();
            return null;
        }
    }

    internal static Problem Unknown(int number) => new(ProblemKind.NotFound, "alarm.unknown", $"There is no alarm {number}.");
}
