namespace Yunnao.Services.Surveillance.Combined;

/// <summary>
/// Makes one alarm of one outbreak: signals of a series on following days, and of several series of a group, join the open episode.
/// Fed day by day, in order; series and groups are numbers that the caller keeps the same from day to day.
/// </summary>
public sealed class EpisodeBook(EpisodeOptions options)
{
    private readonly Dictionary<int, Episode> _open = [];

    /// <summary>Episodes that are open after the last day.</summary>
    public IReadOnlyCollection<Episode> Open => _open.Values;

    /// <summary>
    /// Takes a signal of a day; returns the episode and whether it is a new alarm.
    /// </summary>
    public (Episode Episode, bool IsNew) Add(int day, int group, int series, double pValue)
    {
        var isNew = !_open.TryGetValue(group, out var episode) || day - episode.LastSeen > options.Quiet;
        if (isNew)
            _open[group] = episode = new Episode(group, day);
        if (episode!.LastSeen < day || episode.Days == 0)
            episode.Days++;
        episode.LastSeen = day;
        episode.BestPValue = Math.Min(episode.BestPValue, pValue);
        episode.Members.TryAdd(series, day);
        return (episode, isNew);
    }

    /// <summary>Keeps the open episode of a series alive on a day on which it is no signal but still unusual.</summary>
    public void Keep(int day, int group, int series, double pValue)
    {
        if (pValue <= options.StayOpen && _open.TryGetValue(group, out var episode) && day - episode.LastSeen <= options.Quiet
            && episode.Members.ContainsKey(series))
        {
            episode.LastSeen = Math.Max(episode.LastSeen, day);
        }
    }

    /// <summary>Closes what has been quiet for long enough; returns the closed episodes.</summary>
    public IReadOnlyList<Episode> Close(int day)
    {
        var closed = _open.Values.Where(episode => day - episode.LastSeen > options.Quiet).ToList();
        foreach (var episode in closed)
            _open.Remove(episode.Group);
        return closed;
    }
}
