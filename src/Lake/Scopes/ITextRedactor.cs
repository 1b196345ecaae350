namespace Yunnao.Lake.Scopes;

/// <summary>Takes out of a text what identifies a person. Called from many threads.</summary>
public interface ITextRedactor
{
    /// <summary>The text without names, numbers, addresses and what else points at a person.</summary>
    /// <param name="text">The text of a record.</param>
    /// <param name="subject">The person the record is about, whose own and relatives' names must not stand in it; null when it is about nobody.</param>
    string Redact(string text, ulong? subject);
}
