namespace Yunnao.Standards.Loading;

/// <summary>
/// What a sound reading of a registry's folder leaves for the next one: everything that follows from files which are still the same is taken
/// over instead of read again. Without problems there is nothing to report of it either.
/// </summary>
internal sealed record RegistryParts(
    RegistryFiles Files, Dictionary<string, Names> Units, Versions<ValueSet> ValueSets, Versions<DataElement> Elements, IReadOnlyDictionary<string, ItemList> Items)
{
    /// <summary>True when the files that items are typed by (units, value sets, codes, elements) are the same.</summary>
    public bool TypesAreThoseOf(RegistryFiles files) =>
        IsSame(files, "units.csv") && IsSame(files, "valuesets.csv") && IsSame(files, "elements.csv") && Codes(Files).SequenceEqual(Codes(files));

    /// <summary>The items of a data set whose file, and status, are the same; else null.</summary>
    public ItemList? ItemsOf(RegistryFile file, bool sameStatus) => sameStatus && IsSame(file) ? Items.GetValueOrDefault(file.Subject) : null;

    /// <summary>True when a file is as it was.</summary>
    public bool IsSame(RegistryFiles files, string path) => files[path] is { } file ? IsSame(file) : Files[path] is null;

    private bool IsSame(RegistryFile file) => Files[file.Path] is { } before && before.Hash.AsSpan().SequenceEqual(file.Hash);

    private static IEnumerable<string> Codes(RegistryFiles files) => files.In("codes").Select(f => f.Path + Convert.ToHexString(f.Hash));
}
