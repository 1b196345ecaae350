using Yunnao.Lake.Queries;
using Yunnao.Standards.Compile;

namespace Yunnao.Services.Fhir;

/// <summary>A data set whose rows are resources of a type: the mapping's rule read backwards. <see cref="SourceCompiler"/> makes it.</summary>
internal sealed class ResourceSource
{
    public required string Type { get; init; }

    public required TableShape Shape { get; init; }

    public required ElementNode Root { get; init; }

    /// <summary>All values, each at its index.</summary>
    public required IReadOnlyList<ElementLeaf> Leaves { get; init; }

    /// <summary>Elements that the standard wants, and what is said where the row has nothing for them.</summary>
    public required IReadOnlyList<Fill> Fills { get; init; }

    /// <summary>Codes that say nothing when there is no system and the text is the same.</summary>
    public required IReadOnlyList<(ElementLeaf Code, ElementLeaf? System, ElementLeaf Text)> Doubles { get; init; }

    public string DataSet => Shape.DataSet.Id;

    /// <summary>True where several rows may tell of one person, who is one resource.</summary>
    public bool OnePerSubject => Type == "Patient";

    /// <summary>True of rows that are about a person.</summary>
    public bool AboutPerson => Shape.DataSet.Subject is not null;

    /// <summary>What references to its resources say of them, of an Encounter: its number.</summary>
    public ElementLeaf? Number => Leaves.FirstOrDefault(l => l.Kind == LeafKind.Value && l.Item?.Roles.HasFlag(Standards.Roles.Encounter) == true);

    /// <summary>The column of which the id is.</summary>
    public string IdColumn => OnePerSubject ? SystemColumns.Subject : SystemColumns.Record;

    /// <summary>An element that must be there.</summary>
    /// <param name="Unknown">True when its codes have one for what nobody knows.</param>
    internal sealed record Fill(string Name, bool Many, bool Primitive, bool Unknown);

    /// <summary>The columns that a resource is written from, as the Scope shows them.</summary>
    public IReadOnlyList<Output> Outputs(ScopedTable table)
    {
        var names = new List<string> { IdColumn, SystemColumns.Version, SystemColumns.Org, Query.ArrivalColumn };
        if (AboutPerson && !OnePerSubject) names.Add(SystemColumns.Subject);
        names.AddRange(Leaves.Where(l => l.Item is not null && l.Kind != LeafKind.Patient).Select(l => l.Item!.Name));
        return [.. names.Distinct(StringComparer.Ordinal).Where(n => table.Find(n) is not null).Select(n => new Output(n))];
    }

    /// <summary>The column that a leaf's value is in.</summary>
    public static string ColumnOf(ElementLeaf leaf) => leaf.Kind == LeafKind.Patient ? SystemColumns.Subject : leaf.Item!.Name;
}
