using DuckDB.NET.Data;
using Yunnao.Kernel;
using Yunnao.Lake.DuckDb.Batches;
using Yunnao.Lake.DuckDb.Sql;
using Yunnao.Services.Identity;
using Yunnao.Lake.DuckDb.Text;
using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Ingest;

/// <summary>
/// Before the rows are checked: takes from each set that carries identifying values who its patients are, into the vault, and links local
/// numbers that have the same ID number. Reads each distinct person once; values pass through memory only.
/// </summary>
internal sealed class IdentityPass(SubjectResolver resolver, Vault vault, VaultWriter writer, WritingTransaction batch)
{
    private const string Replaced = "replaced";
    private readonly List<SubjectChange> _changes = [];

    public void Learn(StagedSet set, CancellationToken cancellation)
    {
        var dataSet = set.Shape.DataSet;
        if (dataSet.Subject is not { } subject || !set.Rows.Texts.ContainsKey(subject.Name)) return;
        var carried = dataSet.Items.Where(i => i.Roles.HasFlag(Roles.Identity) && i.Identity != Replaced && set.Rows.Texts.ContainsKey(i.Name)).ToList();
        if (carried.Count == 0) return;
        var identities = Identities(Query(set, subject, carried), carried);
        foreach (var (_, identity) in IsGroup(set) ? Latest(identities) : identities)
        {
            cancellation.ThrowIfCancellationRequested();
            if (resolver.Learn(writer, identity) is { } change) _changes.Add(change);
        }
    }

    private IEnumerable<(long Batch, LocalIdentity Identity)> Identities(string sql, List<Item> carried)
    {
        using var command = batch.Connection.Command(sql);
        using var reader = command.ExecuteReader();
        while (reader.Read()) yield return (reader.GetInt64(3), Identity(reader, carried));
    }

    /// <summary>Of a group, the later file knows better. Its rows are few: sorting and comparing them here is less than the engine's preparation for that.</summary>
    private static IEnumerable<(long Batch, LocalIdentity Identity)> Latest(IEnumerable<(long Batch, LocalIdentity Identity)> identities)
    {
        var said = new HashSet<string>(StringComparer.Ordinal);
        return identities.Reverse().OrderByDescending(i => i.Batch).Where(i => said.Add(Said(i.Identity))).Reverse();
    }

    private static string Said(LocalIdentity identity) =>
        string.Join('\u001F', [identity.Organisation, identity.Local, .. identity.Values.SelectMany(v => (string[])[v.Key, v.Value])]);

    private static bool IsGroup(StagedSet set) => set.Rows.Batch == TextTable.BatchColumn;

    /// <summary>After the rows were checked: takes from those that were accepted which local numbers were replaced by which.</summary>
    public void Merge(StagedSet set, DateTimeOffset now)
    {
        var (dataSet, texts) = (set.Shape.DataSet, set.Rows.Texts);
        if (dataSet.Subject is not { } subject || dataSet.Items.FirstOrDefault(i => i.Identity == Replaced) is not { } prior) return;
        if (!texts.TryGetValue(subject.Name, out var local) || !texts.TryGetValue(prior.Name, out var replaced)) return;
        using var command = batch.Connection.Command(
            $"""
            SELECT {Numbering(set)} AS organisation, {replaced.Sql} AS prior, {local.Sql} AS local, {set.Rows.Batch} AS batch FROM {set.Rows.From}
            WHERE prior <> local AND {CheckingSql.RecordKey(set.Shape, set.Rows)} IN (SELECT _record FROM {SqlNames.Table(set.Shape)} WHERE _rejected IS NULL)
            {(set.Rows.Position is { } position ? $"ORDER BY batch, {position}" : "")}
            """);
        using var reader = command.ExecuteReader();
        while (reader.Read()) resolver.Merge(writer, reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3), now);
    }

    /// <summary>Rows that an earlier batch gave to a subject which is now known to be another one follow it; first those of a batch that was torn. Those of merged persons come last.</summary>
    public void Repoint(IReadOnlyList<SubjectChange> torn)
    {
        if (torn.Count + _changes.Count > 0)
        {
            writer.Move(torn.Concat(_changes));
            foreach (var change in torn) Move([change]);
            Move(_changes);
        }

        batch.FollowMerges(vault.Merges.Survivors);
    }

    private void Move(List<SubjectChange> changes)
    {
        if (changes.Count == 0) return;
        batch.Connection.Execute("CREATE OR REPLACE TEMP TABLE repoint (org VARCHAR, old UBIGINT, new UBIGINT)");
        using (var appender = batch.Connection.CreateAppender("repoint"))
        {
            foreach (var change in changes) appender.CreateRow().AppendValue(change.Organisation).AppendValue(change.Old).AppendValue(change.New).EndRow();
        }

        batch.RepointSubjects("repoint");
    }

    private static string Query(StagedSet set, Item subject, List<Item> carried)
    {
        var texts = set.Rows.Texts;
        var organisation = Numbering(set);
        var document = texts.TryGetValue("id_type", out var kind) ? kind.Sql : "NULL::VARCHAR";
        var group = IsGroup(set);
        return $"""
            SELECT {(group ? "" : "DISTINCT ")}{organisation} AS organisation, {texts[subject.Name].Sql} AS local, {document} AS document, {(group ? TextTable.BatchColumn : "0::BIGINT")} AS batch, {string.Join(", ", carried.Select((i, n) => $"{texts[i.Name].Sql} AS i{n}"))}
            FROM {set.Rows.From} WHERE organisation IS NOT NULL AND local IS NOT NULL
            """;
    }

    /// <summary>SQL of the institution whose numbering the local numbers follow.</summary>
    private static string Numbering(StagedSet set) => set.Rows.Namespace is { } space ? Sql.Text(space) : CheckingSql.Organisation(set.Shape, set.Rows);

    /// <summary>Several values of one kind (family and given name) are joined in the order of the items.</summary>
    private static LocalIdentity Identity(DuckDBDataReader reader, List<Item> carried)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        for (var n = 0; n < carried.Count; n++)
        {
            if (reader.IsDBNull(n + 4)) continue;
            var value = reader.GetString(n + 4);
            var kind = carried[n].Identity!;
            if (kind == "id_number") AddDocument(values, reader.IsDBNull(2) ? "01" : reader.GetString(2), value);
            else values[kind] = values.TryGetValue(kind, out var first) ? $"{first} {value}" : value;
        }

        return new(reader.GetString(0), reader.GetString(1), values);
    }

    /// <summary>Only a valid resident identity number links persons; other documents, and numbers with a wrong check digit, are kept but link nothing.</summary>
    private static void AddDocument(SortedDictionary<string, string> values, string document, string number)
    {
        if (document == "01" && IdNumber.IsValid(number)) values["id_number"] = number.ToUpperInvariant();
        else values["document"] = $"{document}:{number}";
    }
}
