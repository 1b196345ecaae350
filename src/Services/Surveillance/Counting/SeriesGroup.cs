namespace Yunnao.Services.Surveillance.Counting;

/// <summary>By what the counts of a query are told apart.</summary>
public enum SeriesGroup
{
    /// <summary>Not at all: one series.</summary>
    None,

    /// <summary>The regions one level below that of the query.</summary>
    Region,

    /// <summary>Age bands.</summary>
    Age,

    /// <summary>Institutions.</summary>
    Institution,

    /// <summary>Codes of the rule.</summary>
    Code,
}
