namespace Yunnao.Trust.Anonymity;

/// <summary>What a table gives away, and what was lost in making it give away less.</summary>
/// <param name="Rows">Rows delivered.</param>
/// <param name="Suppressed">Rows left out.</param>
/// <param name="Classes">Groups of rows that look alike.</param>
/// <param name="K">Rows of the smallest group: a person is one of at least so many.</param>
/// <param name="L">Different sensitive values in the poorest group; 0 without a sensitive column.</param>
/// <param name="T">Largest distance of a group's sensitive distribution from that of all; 0 without a sensitive column.</param>
/// <param name="Unique">Rows that are alone in their group.</param>
/// <param name="Loss">Mean share of the domain lost a cell, rows left out counted as 1 (normalised certainty penalty).</param>
/// <param name="Discernibility">Sum over the delivered rows of their group's size, and of all rows for each row left out, divided by rows² (Bayardo, Agrawal, ICDE 2005).</param>
public sealed record AnonymityReport(int Rows, int Suppressed, int Classes, int K, int L, double T, int Unique, double Loss, double Discernibility);
