using Yunnao.Kernel;
using Yunnao.Lake.Scopes;
using Yunnao.Standards.Policies;

namespace Yunnao.Trust.Rights;

/// <summary>What the policies say to a request for one data set: the steps, and either what is reached or why nothing is.</summary>
/// <param name="Right">The line of the rights that decided, or null.</param>
public sealed record Decision(string DataSet, IReadOnlyList<Step> Steps, Right? Right, DataSetScope? Reached, Problem? Refusal);
