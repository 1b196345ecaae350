namespace Yunnao.Standards;

/// <summary>A data set: a list of items, one table. <see cref="Id"/> is <c>domain.name</c> and also the SQL name.</summary>
public sealed record DataSet(
    string Id, string Version, Status Status, bool Provisional, string Domain, Names Name, Names Definition,
    string? Identifier, string? Document, int LoadOrder, string Source,
    IReadOnlyList<Item> Items, IReadOnlyList<Rule> Rules, SourceLine At)
{
    /// <summary>The item of this name, or null.</summary>
    public Item? Find(string name) => Items.FirstOrDefault(i => i.Name == name);

    /// <summary>The items that make up the local record key, in the order of the file.</summary>
    public IEnumerable<Item> RecordKey => Items.Where(i => i.Roles.HasFlag(Roles.Record));

    /// <summary>The local patient number, or null for data sets that are not about persons.</summary>
    public Item? Subject => Items.FirstOrDefault(i => i.Roles.HasFlag(Roles.Subject));

    /// <summary>The code of the institution, or null when only the source knows it.</summary>
    public Item? Organisation => Items.FirstOrDefault(i => i.Roles.HasFlag(Roles.Organisation));

    /// <summary>The event time. Every data set that passed the registry's own check has one.</summary>
    public Item Time => Items.First(i => i.Roles.HasFlag(Roles.Time));
}
