using Yunnao.Standards.Search;

namespace Yunnao.Standards.Compare;

/// <summary>One difference between two versions of the registry.</summary>
/// <param name="Kind">Of the entry.</param>
/// <param name="Id">As <see cref="RegistryLookup"/> takes it; for what is not there any more, its old id.</param>
/// <param name="Owner">The versioned entry it belongs to: the data set of an item, else the entry itself.</param>
/// <param name="Field">What changed: <c>entry</c> for the whole of it, else <c>type</c>, <c>range</c>, <c>codes</c> …</param>
/// <param name="Before">Old value as written; empty for what is new.</param>
/// <param name="After">New value as written; empty for what is gone.</param>
public sealed record Change(ChangeClass Class, EntryKind Kind, string Id, string Owner, string Field, string Before, string After);
