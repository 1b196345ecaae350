using Yunnao.Kernel;

namespace Yunnao.Standards.Loading;

/// <summary>Reads a registry's folder (its files are described in standards/README.md) and checks all of it.</summary>
public static class RegistryLoader
{
    private static readonly string[] Needed = ["elements.csv", "datasets.csv"];

    /// <summary>
    /// Reads the folder, goes on after mistakes and returns all of them by file and line. Codes are listed in docs/problems.md.
    /// </summary>
    /// <param name="directory">The folder that holds <c>datasets.csv</c>; file names in problems begin with it as given.</param>
    /// <param name="before">An earlier reading of the folder: what has not changed since is taken over from it. The result is the same.</param>
    public static RegistryLoad Load(string directory, RegistryLoad? before = null)
    {
        if (!Directory.Exists(directory))
        {
            const string Advice = "there is no such folder; name one with --standards";
            return new(null, [new Problem(ProblemKind.NotFound, "standards.no-registry", Advice, new Place(directory))]);
        }

        try
        {
            return Read(RegistryFiles.Read(directory), directory, before);
        }
        catch (AggregateException failure) when (IsBroken(failure.InnerException))
        {
            return Unreadable(directory, failure.InnerException!);
        }
        catch (Exception failure) when (IsBroken(failure))
        {
            return Unreadable(directory, failure);
        }
    }

    private static bool IsBroken(Exception? failure) => failure is IOException or UnauthorizedAccessException;

    private static RegistryLoad Unreadable(string directory, Exception failure) =>
        new(null, [new Problem(ProblemKind.Unavailable, "standards.unreadable", $"{failure.Message}", new Place(directory))]);

    /// <summary>Reads files that are in memory.</summary>
    internal static RegistryLoad Read(RegistryFiles files, string directory, RegistryLoad? before = null)
    {
        var problems = new ProblemList(directory);
        var kept = before?.Parts is { } parts && parts.TypesAreThoseOf(files) ? parts : null;
        foreach (var needed in Needed.Where(n => files[n] is null))
        {
            problems.Add("standards.missing-file", new(needed, 1), $"a registry has a file {needed}");
        }

        var units = kept?.Units ?? UnitReader.Read(files, problems);
        var allValueSets = kept?.ValueSets ?? new ValueSetReader(files, problems).Read();
        var valueSets = allValueSets.Current();
        var allElements = kept?.Elements ?? new ElementReader(files, allValueSets, problems).Read(valueSets);
        var elements = allElements.Current();
        var dataSetReader = new DataSetReader(files, new(elements, allElements, valueSets, allValueSets, units), kept, problems);
        var dataSets = dataSetReader.Read();
        var codeMaps = CodeMapReader.Read(files, problems);
        var context = new MappingContext(dataSets, dataSetReader.All, dataSetReader.Items, valueSets, allValueSets, codeMaps);
        var mappings = new MappingReader(files, context, problems).Read();

        var registry = new Registry
        {
            Elements = elements,
            ValueSets = valueSets,
            DataSets = dataSets,
            Mappings = mappings,
            CodeMaps = codeMaps.ToDictionary(m => m.Key, m => m.Value.Map, StringComparer.Ordinal),
            Units = units,
            Alarms = new AlarmReader(files, context, problems).Read(),
            Quality = new QualityReader(files, context, problems).Read(),
            Policies = new PolicyReader(files, context, problems).Read(),
            Profiles = ProfileReader.Read(files, problems),
            Fingerprint = files.Fingerprint(),
        };
        var found = problems.Sorted();
        return new(registry, found) { Parts = found.Count == 0 ? new(files, units, allValueSets, allElements, dataSetReader.Items) : null };
    }
}
