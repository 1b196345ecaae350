using Yunnao.Lake.DuckDb.Sql;

namespace Yunnao.Services.Views.Compile;

/// <summary>A compiled view: one SELECT over whatever yields resources.</summary>
/// <param name="Resource">Type of resource that it is over.</param>
/// <param name="Columns">Names and SQL types of its columns.</param>
internal sealed record ViewStatement(string Resource, IReadOnlyList<ViewField> Columns, Shape Shape, string Stages, string Last, bool Recursive)
{
    private const long LongestLine = 32 << 20;

    private static readonly string s_type = SqlNames.Quote("resourceType");

    /// <summary>The statement over sources: SELECTs of the one column <c>r</c>, a STRUCT of what the view reads.</summary>
    public string Over(IEnumerable<string> sources)
    {
        var list = string.Join(",\n  ", Columns.Select(c => $"{c.Sql} AS {SqlNames.Quote(c.Name)}"));
        return $"WITH {(Recursive ? "RECURSIVE " : "")}src AS (\n  {string.Join("\n  UNION ALL ", sources)}\n){Stages}\nSELECT\n  {list}\nFROM {Last}";
    }

    /// <summary>A source: the JSON of resources in a column of a table or SELECT.</summary>
    public string OfJson(string relation, string column) =>
        $"SELECT r FROM (SELECT from_json({column}, {Shape.Structure}) AS r FROM {relation}) WHERE r.{s_type} = {SqlNames.Literal(Resource)}";

    /// <summary>A source: files of one resource a line, read by the engine straight into the structure.</summary>
    /// <param name="compression">As the engine names it: uncompressed, gzip.</param>
    public string OfLines(IEnumerable<string> files, string compression) => OfResources(files, "newline_delimited", compression, LongestLine);

    /// <summary>A source: files of single resources, written over several lines.</summary>
    /// <param name="mostBytes">No file is larger, unpacked: the engine has buffers of twice this size, one a thread.</param>
    public string OfDocuments(IEnumerable<string> files, string compression, long mostBytes) => OfResources(files, "unstructured", compression, mostBytes);

    /// <summary>A source: files that are Bundles, one or more each.</summary>
    public string OfBundles(IEnumerable<string> files, string compression, long mostBytes)
    {
        var resource = $"STRUCT({string.Join(", ", Shape.Columns.Select(c => $"{SqlNames.Quote(c.Name)} {c.SqlType}"))})";
        var bundles = Read(files, "unstructured", compression, mostBytes, [("entry", $"STRUCT({SqlNames.Quote("resource")} {resource})[]")]);
        return $"SELECT r FROM (SELECT unnest(entry).resource AS r FROM {bundles}) WHERE r.{s_type} = {SqlNames.Literal(Resource)}";
    }

    /// <summary>A line that is no JSON, or has no type, ends the statement: what is left out must not be left out unseen.</summary>
    private string OfResources(IEnumerable<string> files, string format, string compression, long mostBytes)
    {
        var fields = string.Join(", ", Shape.Columns.Select(c => $"{SqlNames.Literal(c.Name)}: {SqlNames.Quote(c.Name)}"));
        return $"SELECT {{{fields}}} AS r FROM {Read(files, format, compression, mostBytes, Shape.Columns)} WHERE CASE WHEN {s_type} IS NULL THEN error('view.record') ELSE {s_type} = {SqlNames.Literal(Resource)} END";
    }

    /// <summary>The engine's reader: what is of another JSON type than FHIR has it is read as nothing, for the same member may be another thing in another resource.</summary>
    private static string Read(IEnumerable<string> files, string format, string compression, long mostBytes, IEnumerable<(string Name, string SqlType)> columns) =>
        $"read_json([{string.Join(", ", files.Select(SqlNames.Literal))}], format = '{format}', compression = '{compression}', ignore_errors = true, maximum_object_size = {mostBytes}, columns = {{{string.Join(", ", columns.Select(c => $"{SqlNames.Literal(c.Name)}: {SqlNames.Literal(c.SqlType)}"))}}})";
}
