using Yunnao.Standards;
using Yunnao.Standards.Compile;

namespace Yunnao.Cli.Standards;

/// <summary>What a data set can be compiled to, and the files that come of it; the first file is what goes to standard output.</summary>
internal static class CompileTarget
{
    public static readonly string[] Names = ["ddl", "sql", "csv", "json-schema", "markdown"];

    public static (string Name, string Content)[] Build(string target, DataSet dataSet, Registry registry, string language) => target switch
    {
        "ddl" => [($"{dataSet.Id}.ddl.sql", TableDdl.Build(dataSet))],
        "sql" => [($"{dataSet.Id}.checks.sql", CheckingScript.Build(dataSet, registry))],
        "csv" => [($"{dataSet.Id}.csv", CsvTemplate.Header(dataSet)), ($"{dataSet.Id}.columns.csv", CsvTemplate.Columns(dataSet))],
        "json-schema" => [($"{dataSet.Id}.schema.json", JsonSchema.Build(dataSet))],
        "markdown" => [($"{dataSet.Id}.md", DictionaryPage.Build(dataSet, language))],
        _ => throw new ArgumentOutOfRangeException(nameof(target), target, "Not a compile target."),
    };
}
