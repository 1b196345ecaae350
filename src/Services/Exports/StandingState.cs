namespace Yunnao.Services.Exports;

/// <summary>Where a standing order is: requested, running by its times (or refused), paused, and ended after its time.</summary>
public enum StandingState { Requested, Running, Paused, Refused, Ended }
