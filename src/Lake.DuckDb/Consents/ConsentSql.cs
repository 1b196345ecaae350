using Yunnao.Lake.DuckDb.Queries;
using Yunnao.Lake.Scopes;

namespace Yunnao.Lake.DuckDb.Consents;

/// <summary>The condition that a subject's decisions allow a row to be read, as joins with <see cref="ConsentTable"/>.</summary>
internal static class ConsentSql
{
    /// <param name="subject">SQL of the subject; where it is null nothing was decided, which is no consent.</param>
    public static string Condition(ConsentFilter filter, string subject, SqlValues values)
    {
        var (everybody, recipient) = (Decided(filter, ConsentState.Everybody, values), Decided(filter, filter.Recipient, values));
        return filter.OptIn
            ? $"""
               {subject} IN (SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {everybody} AND c.given UNION ALL SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {recipient} AND c.given)
               AND {subject} NOT IN (SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {recipient} AND NOT c.given)
               """
            : $"""
               {subject} IS NOT NULL
               AND {subject} NOT IN (SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {recipient} AND NOT c.given)
               AND {subject} NOT IN (SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {everybody} AND NOT c.given
                                     EXCEPT SELECT c.subject FROM {ConsentTable.Name} AS c WHERE {recipient} AND c.given)
               """;
    }

    private static string Decided(ConsentFilter filter, string recipient, SqlValues values)
    {
        var at = values.Write(filter.At);
        return $"c.purpose = {values.Write(filter.Purpose)} AND c.recipient = {values.Write(recipient)} AND c.since <= {at} AND (c.until IS NULL OR c.until > {at})";
    }
}
