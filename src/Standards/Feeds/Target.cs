namespace Yunnao.Standards.Feeds;

/// <summary>
/// A database, or another platform, that exports are written into. Described in a file of its own by whoever owns the data folder, as a feed is: who asks for an
/// export names it and can name no other place.
/// </summary>
/// <param name="Connection">How to connect, without the password.</param>
/// <param name="Schema">Of PostgreSQL: the schema of the tables.</param>
/// <param name="Recipients">Ids of the callers that may have their exports written into it; the administrator of the machine always may.</param>
/// <param name="Secret">Where the password is; null where it is sealed in the data folder, or none is needed.</param>
public sealed record Target(string Id, Names Name, TargetKind Kind, string Connection, string Schema, IReadOnlyList<string> Recipients, FeedSecret? Secret, string File);
