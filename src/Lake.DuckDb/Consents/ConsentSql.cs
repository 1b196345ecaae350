using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.Scopes;

namespace Yunnao.Lake.DuckDb.Consents;

/// <summary>The condition that a subject's decisions allow a row to be read, as joins with <see cref="ConsentTable"/>.</summary>
internal static class ConsentSql
{
    /// <summary>
    /// A person who was merged has the decisions of all its subjects: what one of them refused is refused, else what one of them gave is given.
    /// </summary>
    /// <param name="subject">SQL of the subject; where it is null nothing was decided, which is no consent.</param>
    public static string Condition(ConsentFilter filter, string subject, SqlValues values)
    {
        var (everybody, recipient) = (Decided(filter, ConsentState.Everybody, values), Decided(filter, filter.Recipient, values));
        var refused = Survivors($"""
            SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {recipient} AND NOT c.given
            UNION ALL (SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {everybody} AND NOT c.given
                       EXCEPT SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {recipient} AND c.given)
            """);
        if (!filter.OptIn) return $"{subject} IS NOT NULL AND {subject} NOT IN ({refused})";
        var given = Survivors(
            $"SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {everybody} AND c.given UNION ALL SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {recipient} AND c.given");
        return $"{subject} IN ({given}) AND {subject} NOT IN ({refused})";
    }

    private static string Survivors(string subjects) => $"SELECT coalesce(m.new, d.subject) FROM ({subjects}) AS d LEFT JOIN ops.subject_merge AS m ON m.old = d.subject";

    private static string Decided(ConsentFilter filter, string recipient, SqlValues values)
    {
        var at = values.Write(filter.At);
        return $"c.purpose = {values.Write(filter.Purpose)} AND c.recipient = {values.Write(recipient)} AND c.since <= {at} AND (c.until IS NULL OR c.until > {at})";
    }
}
