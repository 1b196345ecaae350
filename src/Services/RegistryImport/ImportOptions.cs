namespace Yunnao.Services.RegistryImport;

/// <summary>What the files do not say themselves. All of it may be left out.</summary>
public sealed class ImportOptions
{
    /// <summary>Id of the value set of a code list; the file name when null.</summary>
    public string? Id { get; init; }

    /// <summary>Chinese name of the value set.</summary>
    public string? NameZh { get; init; }

    /// <summary>English name of the value set.</summary>
    public string? NameEn { get; init; }

    /// <summary>OID of the value set.</summary>
    public string? Oid { get; init; }

    /// <summary>Standard and clause, as in the column <c>source</c>; the file name when null.</summary>
    public string? Source { get; init; }

    /// <summary>Version of what is imported, where the file has none.</summary>
    public string Version { get; init; } = "1.0.0";

    /// <summary>Column of a code list that names the list a row belongs to: one file with many value sets.</summary>
    public string? ListColumn { get; init; }

    /// <summary>Domain (SQL schema) of imported data sets, where the kind has none of its own.</summary>
    public string? Domain { get; init; }
}
