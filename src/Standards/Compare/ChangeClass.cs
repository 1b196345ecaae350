namespace Yunnao.Standards.Compare;

/// <summary>What a change does to those who use the entry, from harmless to breaking. It decides which version the change needs.</summary>
public enum ChangeClass
{
    /// <summary>Names, definitions, sources: a patch version.</summary>
    Text,

    /// <summary>Something new that nobody has to send or read: a minor version.</summary>
    Add,

    /// <summary>What was right stays right, and more is right now: a minor version.</summary>
    Widen,

    /// <summary>Something that was right is not any more, or means another thing: a major version.</summary>
    Narrow,

    /// <summary>The same under another name: a major version.</summary>
    Rename,

    /// <summary>It is not there any more: a major version.</summary>
    Retire,
}
