namespace Yunnao.Services.DataServices;

/// <summary>A question to a data set as it was written, in an address, in a body or on the command line; <see cref="QuestionQuery"/> makes a query of it.</summary>
public sealed record DataQuestion(string DataSet)
{
    /// <summary>Most rows of a page.</summary>
    public const int LongestPage = 10_000;

    /// <summary>Rows of a page when nothing is said.</summary>
    public const int UsualPage = 100;

    /// <summary>What for: an id of <c>standards/policies/purposes.csv</c>.</summary>
    public string? Purpose { get; init; }

    /// <summary>The one person that it is about; never in an address.</summary>
    public ulong? Subject { get; init; }

    /// <summary>All of them hold.</summary>
    public IReadOnlyList<DataCondition> Conditions { get; init; } = [];

    /// <summary>First event time, included: a date or a time.</summary>
    public string? From { get; init; }

    /// <summary>Last event time, not included: a date or a time.</summary>
    public string? To { get; init; }

    /// <summary>Codes of the institutions whose rows are wanted; empty for all.</summary>
    public IReadOnlyList<string> Organisations { get; init; } = [];

    /// <summary>Items and system columns that are wanted; empty for all that the caller sees.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Names of columns, with a minus in front for descending.</summary>
    public IReadOnlyList<string> Sort { get; init; } = [];

    /// <summary>Columns by which rows are grouped.</summary>
    public IReadOnlyList<string> Group { get; init; } = [];

    /// <summary>What is computed of a group: <c>count</c>, or <c>count|distinct|sum|avg|min|max:item</c>.</summary>
    public IReadOnlyList<string> Measures { get; init; } = [];

    /// <summary>Most rows of the page.</summary>
    public int Limit { get; init; } = UsualPage;

    /// <summary>The cursor with which the page before ended, or null.</summary>
    public string? After { get; init; }

    /// <summary>What <see cref="Since"/> says when nothing was read yet.</summary>
    public const string FromTheBeginning = "start";

    /// <summary>The mark with which changes were read last, <see cref="FromTheBeginning"/>, or null when not changes but what is there is asked for.</summary>
    public string? Since { get; init; }

    /// <summary>True when groups are asked for.</summary>
    public bool Grouped => Group.Count > 0 || Measures.Count > 0;
}
