namespace Yunnao.Lake.Queries;

/// <summary>
/// The records that changed between two places in the history of a lake. A record that is there is given as it is now; one that is there no
/// more, as the Scope sees it, is given with its key, its subject and its organisation, and <see cref="DeletedColumn"/> is true.
/// </summary>
public sealed record ChangeRange(LakeMark After, LakeMark UpTo)
{
    /// <summary>The last column of the rows: whether the record is there no more.</summary>
    public const string DeletedColumn = "_deleted";

    /// <summary>
    /// Of the records that are there, those wanted; another one is told of as if it were gone, because it may have been wanted before. Null
    /// wants all.
    /// </summary>
    public Filter? Within { get; init; }
}
