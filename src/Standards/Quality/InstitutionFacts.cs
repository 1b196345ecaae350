namespace Yunnao.Standards.Quality;

/// <summary>The data set with a record an institution, and its item of the name.</summary>
public sealed record InstitutionFacts(string DataSet, string Name);
